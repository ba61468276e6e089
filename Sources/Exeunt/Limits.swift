/// Every cap of the authority, with its unit and its reason.
package enum Limits {
    /// Bytes of a subject's name: room for any URI or e-mail address that identity providers use (OIDC Core §2 allows 255).
    package static let subjectBytes = 255
    /// Bytes of a user agent kept: real ones stay below 300.
    package static let userAgentBytes = 512
    /// Bytes of an address kept: the longest IPv6 text with a zone.
    package static let addressBytes = 64
    /// Bytes of an access token worth reading: ours are below 1,000.
    package static let accessTokenBytes = 4096
    /// Bytes of a device's label.
    package static let labelBytes = 200
    /// Bytes of an upstream issuer, and of its session id: issuers are URLs.
    package static let upstreamBytes = 512
    /// Bytes of a client's name.
    package static let clientNameBytes = 100
    /// Bytes of an account's e-mail address (RFC 5321 §4.5.3.1.3 allows 254 in a path).
    package static let emailBytes = 254
    /// Bytes of a password: long passphrases fit; a hash of a book does not run.
    package static let passwordBytes = 1024
    /// Characters of a new password at the least (NIST SP 800-63B-4 §3.1.1.2, ASVS 6.2.1).
    package static let passwordCharacters = 8
    /// Sessions in one page of a list.
    package static let sessionsPerPage = 100
    /// Audit events in one answer.
    package static let auditEventsPerPage = 1000
    /// Rows that one sweep may remove in one transaction, so that no logout waits long behind it.
    package static let sweepBatch = 500
    /// Verifiers that follow the log of one node; beyond it a new one is told to come back.
    package static let followers = 10_000
    /// How long a new signing key is in the key set before it signs: every node takes it over within five seconds, and whoever
    /// follows one hears of it with the next answer.
    package static let keyAnnouncement: Duration = .seconds(15)
    /// Records in one answer to a verifier: about a megabyte; one that lacks more asks again, and has no lease before.
    package static let revocationsPerAnswer = 10_000
    /// The newest records of the log that are kept in memory for those who follow it.
    package static let logTail = 10_000
    /// How long a verifier's poll is held at the most, whatever it asks.
    package static let longestPoll: Duration = .seconds(20)
    /// How long a verifier without a lease and without a word is remembered.
    package static let silentFollower: Duration = .seconds(60)
    /// How long after the end of its leases a silent node is still known.
    package static let silentNode: Duration = .seconds(60)
    /// How long an ending waits for a store that does not show the other nodes; then it is answered as not settled yet.
    package static let storePatience: Duration = .seconds(5)
    /// How long an ending that waits for other nodes waits between two looks at them, at the least and at the most.
    package static let nodeGrain: (least: Duration, most: Duration) = (.milliseconds(2), .milliseconds(20))
    /// How often a command looks whether an ending is settled, 20 ms apart; then it says by when it will be.
    package static let commandLooks = 100
    /// How often the log is looked at for what another process has committed.
    package static let headGrain: Duration = .milliseconds(200)
    /// How long the sweeper rests after a full batch, so that whoever ends or refreshes something meanwhile does not wait in line.
    package static let sweepPause: Duration = .milliseconds(20)
    /// How often leases and polls are looked at whose time may have come: as late an ending may be found settled.
    package static let leaseGrain: Duration = .milliseconds(20)
    /// Commits whose settling is timed one by one; beyond it the newest are timed together.
    package static let unsettledCommits = 10_000
    /// Endings that wait until they are settled; beyond it they are answered before.
    package static let pendingEndings = 10_000
    /// How long a person waits for a sign-out to be settled; then the page says what is so.
    package static let browserPatience: Duration = .seconds(5)
    /// Records read from the log at once.
    package static let revocationsPerRead = 1000
    /// Records read from the log at once where few are expected: what one commit has added.
    package static let freshRevocations = 64
    /// Rows that are moved from one store to another in one transaction.
    package static let rowsPerTransfer = 5000
    /// Writes that may wait for the store; beyond it callers are told to come back.
    package static let pendingWrites = 10_000
    /// Writes that share one commit.
    package static let writesPerCommit = 512
    /// How long a commit may wait for company, at the most, when the one before it was shared: less than many disks' flush.
    package static let gathering: Duration = .milliseconds(2)
    /// Open event streams; a stream costs a connection and about 50 kB.
    package static let eventStreams = 50_000
    /// Events waiting for one slow stream; a stream ends with its first one, so one is all it needs.
    package static let eventsPerStream = 1
    /// How often an event stream says that it is alive: below the idle limits of common proxies (60 s).
    package static let heartbeat: Duration = .seconds(15)
    /// Password hashes under way or waiting; each takes 32 MiB and tens of milliseconds.
    package static let pendingPasswordHashes = 64
    /// Accounts and addresses whose failed sign-ins are remembered.
    package static let throttledKeys = 100_000
    /// How old "last active" may be before a check writes it anew: the write rate is bounded by sessions, not requests.
    package static let lastActiveGrain: Duration = .seconds(60)
    /// Clock difference allowed between the authority and whoever checks its tokens.
    package static let clockSkew: Duration = .seconds(60)
    /// Receivers that are told of endings: each gets a request of its own for each session that ends.
    package static let receivers = 10_000
    /// Dead letters kept of one receiver, the newest: enough to see what is wrong, and to send a day's again.
    package static let deadLettersPerReceiver = 10_000
    /// Endings that are read from the outbox at once.
    package static let endedSessionsPerRead = 500
    /// Sessions of a subject that get their places in the outbox with the ending itself; a crowd's are left to the sweeper.
    package static let toldAtOnce = 32
    /// Requests under way to one receiver: enough for hundreds a second, and nothing that a small server could not take.
    package static let deliveriesPerReceiver = 8
    /// Requests under way to all receivers; each costs a connection.
    package static let deliveriesUnderWay = 256
    /// Of those, to receivers that have failed last time: however many hang, others have the rest.
    package static let triesUnderWay = 128
    /// Endings of one receiver in memory that are under way or next.
    package static let deliveriesAtHand = 64
    /// Endings that a receiver has been told of ahead of one that it does not take: as many are told again after a crash.
    package static let deliveriesAhead = 1000
    /// How long a receiver is left alone after its first failure; then twice as long each time, and at random between nothing and
    /// that, so that many do not come back at once.
    package static let firstBackoff: Duration = .seconds(1)
    /// How long it is left alone at the most.
    package static let longestBackoff: Duration = .seconds(15 * 60)
    /// How long it is left alone at the least, whatever chance says.
    package static let shortestBackoff: Duration = .milliseconds(100)
    /// How long a receiver may ask to be left alone (`Retry-After`).
    package static let longestRetryAfter: Duration = .seconds(3600)
    /// Bytes that are read of a receiver's answer: what it says does not matter, but for a reason.
    package static let deliveryAnswerBytes = 64 * 1024
    /// Bytes of a failure's text that are kept.
    package static let failureBytes = 300
    /// The newest endings that are kept in memory for all receivers, about 300 bytes each.
    package static let outboxTail = 10_000
    /// How often the receivers and the outbox are looked at for what another process has done.
    package static let receiverGrain: Duration = .seconds(1)
    /// How often it is looked at whether a receiver's time has come.
    package static let outboxGrain: Duration = .milliseconds(100)
    /// How long the reading of the receivers may take, as a part of all time: ten thousand are looked at less often.
    package static let receiverReadingPart = 20
    /// How long somebody who waits for receivers waits between two looks at them.
    package static let deliveryGrain: Duration = .milliseconds(50)
    /// How often what a crowd's ending has left is cleared away at the most, so that it is told of soon.
    package static let crowdGrain: Duration = .milliseconds(500)
    /// Pages that are read for receivers that are behind, before something else has its turn.
    package static let pagesAtOnce = 20
    /// How often it is noted how receivers get on; a crash tells again what came after.
    package static let noteGrain: Duration = .milliseconds(200)
    /// How often it is noted how far a receiver is to which nothing was sent.
    package static let passedGrain: Duration = .seconds(10)
    /// Receivers in one note, so that no logout waits long behind it.
    package static let reportsPerNote = 500
    /// Dead letters of one receiver in one note; it is told of nothing more before they are noted.
    package static let deadLettersPerNote = 500
    /// How long requests under way may take once the server is told to stop.
    package static let deliveryDrain: Duration = .seconds(2)
    /// How long a node is the one that delivers without a word.
    package static let outboxClaim: Duration = .seconds(10)
    /// How long somebody waits for receivers at the most: as long as a request may take.
    package static let deliveryPatience: Duration = .seconds(10)
    /// Receivers that a receipt lists.
    package static let receiversPerReceipt = 20
    /// Endings of others that may have come into the outbox between an ending and its receipt.
    package static let endingsAtOnce = 16
    /// Dead letters in one answer, or sent again at once.
    package static let deadLettersPerPage = 1000
    /// Bytes of an address that somebody else has named.
    package static let endpointBytes = 2048
    /// How long a status list is handed out as it is: an ending is in it that much later at the most.
    package static let statusListGrain: Duration = .seconds(1)
    /// How long whoever has a status list may go on with it: what it adds to the life of what has ended.
    package static let statusListTTL: Duration = .seconds(15)
    /// How long a status list is valid at all: long enough for an outage of minutes, for whoever prefers that to refusing everybody.
    package static let statusListLife: Duration = .seconds(600)
    /// Status lists kept in memory, about 20 kB each: those of two million sessions.
    package static let statusListsAtHand = 16
    /// The longest life of an access token that can be configured.
    package static let longestAccessToken: Duration = .seconds(86_400)
    /// Streams of security events that one client may have: one for each place that it runs at.
    package static let streamsPerClient = 20
    /// Event types that a stream may ask for; those that there are in all profiles are about thirty.
    package static let eventsRequested = 100
    /// Bytes of an event type's URI.
    package static let eventTypeBytes = 512
    /// Bytes of a stream's description, and of the reason for its status.
    package static let streamTextBytes = 500
    /// Bytes of the `Authorization` header that a stream is pushed with: a token of 4 KiB does not fit many servers either.
    package static let authorizationBytes = 4096
    /// Bytes of the state that a verification event carries.
    package static let verificationStateBytes = 1024
    /// Tokens in one answer to a receiver that fetches them: about 70 kB.
    package static let eventsPerAnswer = 100
    /// Reads of the outbox for one answer.
    package static let pagesPerPoll = 20
    /// Events that a receiver has acknowledged ahead of one that it has not.
    package static let acknowledgedAhead = 1000
    /// Receivers that wait for an event; each costs a connection.
    package static let heldPolls = 1000
    /// How often one that waits looks for what has come without a sign: a crowd's endings, and another node's.
    package static let receiverLook: Duration = .seconds(1)
    /// Addresses of a client that a sign-out may lead to: an application has a few, one for each place that it runs at.
    package static let postLogoutRedirectURIs = 20
    /// How long a request to somebody else may take in all: a slow receiver is one that is down.
    package static let outgoingTimeout: Duration = .seconds(10)
    /// Bytes that are read of somebody else's answer: metadata and key sets of large providers stay below 100 kB.
    package static let outgoingAnswerBytes = 256 * 1024
    /// How long the end of a provider's session is remembered, for a sign-in that it has overtaken: longer than any sign-in takes.
    package static let upstreamEndMemory: Duration = .seconds(24 * 3600)
    /// Providers whose sign-outs are heard: each may be polled at every node.
    package static let providers = 1000
    /// Bytes of a token of a provider: the largest honest one, an ID token with many claims, stays below 8 kB.
    package static let foreignTokenBytes = 16 * 1024
    /// Keys in a provider's key set: large ones have about twenty.
    package static let providerKeys = 100
    /// For how long a provider's keys are used without asking anew: at the least whatever it says, where it says nothing, and at the most.
    package static let keyFreshness: (least: Duration, usual: Duration, most: Duration) = (
        .seconds(300), .seconds(3600), .seconds(24 * 3600)
    )
    /// For how long keys are used beyond that while their provider cannot be reached: a sign-out must not fail with its network.
    package static let keyGrace: Duration = .seconds(24 * 3600)
    /// How soon keys are fetched anew for a token that none of them has signed: anybody can make one up.
    package static let keyRefetch: Duration = .seconds(60)
    /// How long each of the two requests for keys may take: whoever sent a token waits for them.
    package static let keyTimeout: Duration = .seconds(4)
    /// How soon a fetch of keys that has failed is tried again, when there are none.
    package static let keyRetry: Duration = .seconds(5)
    /// How old a logout token may be: senders that try for a day are heard, and a repeat is remembered for as long.
    package static let logoutTokenAge: Duration = .seconds(24 * 3600)
    /// How old a security event token may be: a stream may have been paused over a weekend.
    package static let securityEventAge: Duration = .seconds(7 * 24 * 3600)
    /// Subject identifiers that are aliases of one another (RFC 9493 §3.2.8).
    package static let subjectAliases = 32
    /// How long a provider waits for its sign-out to be settled; senders give up after some ten seconds.
    package static let providerPatience: Duration = .seconds(5)
    /// Security events that are asked for at once (RFC 8936 §2.2): as many as fit into an answer.
    package static let heardEventsPerPoll = 50
    /// Bytes of an answer with security events.
    package static let pollAnswerBytes = 1024 * 1024
    /// How long a provider may hold a poll.
    package static let pollTimeout: Duration = .seconds(60)
    /// Between two polls: after one without events, since some providers do not hold them; after a failure, at the least and at the most.
    package static let pollPause: (idle: Duration, least: Duration, most: Duration) = (
        .seconds(2), .seconds(1), .seconds(300)
    )
    /// How often it is looked whether there are providers to poll that there were not before, or are no more.
    package static let pollersGrain: Duration = .seconds(5)
}
