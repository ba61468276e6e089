/// Every cap of the verifier, with its unit and its reason.
package enum Limits {
    /// Bytes of an access token worth reading: the authority's are below 1,000, and it reads no more than these either.
    package static let tokenBytes = 4096
    /// Bytes of an access token at the least: a signature alone has 86 characters.
    package static let shortestTokenBytes = 96
    /// Verified tokens remembered at the most, unless the application says otherwise: about a kilobyte each.
    package static let cachedTokens = 16_384
    /// The most that an application may say: a gigabyte.
    package static let mostCachedTokens = 1 << 20
    /// The allowed difference between clocks at the most: half of what the authority keeps a revocation beyond the tokens that it
    /// ends, because a clock that is so far behind accepts them for so long after their expiry.
    package static let clockSkew: Duration = .seconds(30)
    /// How long an answer of the authority may be cached at the most where the feed is not followed.
    package static let introspectionCache: Duration = .seconds(60)
    /// The shortest lease that can be kept up over a network.
    package static let shortestLease: Duration = .milliseconds(100)
    /// The longest lease worth asking for; the authority grants no more than its operator allows.
    package static let longestLease: Duration = .seconds(3600)
    /// Bytes of one answer of the feed: ten thousand records of the longest subjects.
    package static let feedAnswerBytes = 32 << 20
    /// Bytes of any other answer of the authority.
    package static let answerBytes = 1 << 20
    /// Public keys in one set: the one that signs, and those that tokens of the last quarter of an hour were signed with.
    package static let keys = 64
    /// Streams and sockets that wait to hear of the end of their session.
    package static let watchers = 100_000
    /// Questions to the authority under way at once; beyond it a request is told to come back.
    package static let questions = 256
    /// The first and the longest pause after a poll that failed; what is taken of them at random is between half and all.
    package static let firstPause: Duration = .milliseconds(50)
    package static let longestPause: Duration = .seconds(1)
    /// The longest pause that the authority can ask for (`Retry-After`), because a verifier that waits is a server that refuses.
    package static let longestRetryAfter: Duration = .seconds(5)
    /// What a request that cannot be judged is told to wait for.
    package static let retryAfter: Duration = .seconds(1)
    /// How long a poll may take beyond the time for which it asks to be held, at the least.
    package static let pollGrace: Duration = .milliseconds(250)
    /// For how long a poll asks to be held at the most: the authority holds none for longer.
    package static let longestPoll: Duration = .seconds(20)
    /// How long any other question may take.
    package static let questionTime: Duration = .seconds(5)
    /// How long giving the lease back may take; without it the authority waits the lease out.
    package static let farewellTime: Duration = .seconds(2)
    /// How long making a connection may take.
    package static let connectMilliseconds: Int64 = 2000
    /// How often a key that is not known makes the verifier fetch the keys: anybody can name a key that there is not.
    package static let keyMissInterval: Duration = .seconds(1)
    /// How often the lease is looked at, the gauges are set and expired tokens are looked for.
    package static let tick: Duration = .milliseconds(100)
    /// Slots of the cache that are looked through at each of those moments: all of the usual capacity in half a minute.
    package static let sweptSlots = 64
    /// Bytes of a refresh token worth trying: the authority's are below 100.
    package static let refreshTokenBytes = 512
    /// Refreshes of browsers' tokens under way at once in one process.
    package static let refreshes = 1024
}
