package import Settlement

/// The sessions that have ended and that somebody is still to be told of, and those who are told.
///
/// A session's row and its place in the outbox go hand in hand: in the transaction that removes the row the place is written,
/// once, if there is a receiver that is not disabled or the session has a status index. Places are in the order of commits, from
/// 1 upwards. What ends with one row for many (a crowd, everyone) gets its places when the sweeper removes the rows.
package protocol OutboxStore: Sendable {
    // MARK: Who is told

    /// All receivers, in order of their creation.
    func receivers() async throws(AuthorityError) -> [Receiver]

    func receiver(_ id: Identifier) async throws(AuthorityError) -> Receiver?

    /// Adds a receiver, which hears of what ends from now on: its progress begins at the outbox's newest place.
    ///
    /// Writes `receiver.added`. Throws `alreadyExists` when its id is taken, `clientNotFound` when there is no such client, and
    /// `tooManyReceivers` above ``Limits/receivers``.
    func add(_ receiver: Receiver, by: Provenance) async throws(AuthorityError)

    /// Writes what a receiver is from now on, all but its progress and the moment of its creation; says whether there was one.
    ///
    /// One that was disabled and is no more begins at the outbox's newest place. Writes `receiver.changed`, unless nothing but the
    /// verification changes.
    func update(_ receiver: Receiver, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool

    /// Removes a receiver with its dead letters, with `receiver.removed`; says whether there was one. A client that is removed takes
    /// its receivers along.
    func removeReceiver(_ id: Identifier, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool

    // MARK: What is told

    /// The endings with a place above `after`, in order, at most `limit` of them.
    func endedSessions(after: UInt64, limit: Int) async throws(AuthorityError) -> [EndedSession]

    /// The newest place in the outbox that was ever given; 0 when there was none.
    func outboxHead() async throws(AuthorityError) -> UInt64

    /// Notes how receivers get on, with what was given up, in one transaction.
    ///
    /// A place never goes back: a report that is behind what is stored is left out whole. `verified` removes the pending
    /// verification of that id. Per receiver the newest ``Limits/deadLettersPerReceiver`` dead letters are kept. Receivers that are gone
    /// are left out.
    func note(_ reports: [DeliveryReport]) async throws(AuthorityError)

    /// Makes a node the one that delivers, until then, unless another one is; says whether it is. A node renews likewise.
    func claimOutbox(by node: Identifier, until: Timestamp, at now: Timestamp) async throws(AuthorityError) -> Bool

    /// The dead letters with a number above `after`, of one receiver or of all, in order.
    func deadLetters(
        of receiver: Identifier?, after: Int64, limit: Int
    ) async throws(AuthorityError) -> [DeadLetter]

    /// Removes dead letters; says how many there were.
    func removeDeadLetters(_ numbers: [Int64]) async throws(AuthorityError) -> Int

    // MARK: Status lists

    /// The status indices in a range of the sessions that have ended since then.
    func endedStatusIndices(in range: Range<UInt64>, since: Timestamp) async throws(AuthorityError) -> [UInt64]
}

/// How a receiver gets on.
package struct DeliveryReport: Hashable, Sendable {
    package var receiver: Identifier
    package var progress: Receiver.Progress
    package var givenUp: [DeadLetter] = []
    /// A verification event that has been delivered.
    package var verified: Identifier?

    package init(
        receiver: Identifier, progress: Receiver.Progress, givenUp: [DeadLetter] = [], verified: Identifier? = nil
    ) {
        self.receiver = receiver
        self.progress = progress
        self.givenUp = givenUp
        self.verified = verified
    }
}
