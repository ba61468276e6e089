/// What the protocol is promised about clocks and delays: a run goes up to it, and not beyond.
///
/// What it is promised about wall clocks is in ``Walls``.
enum Bounds {
    /// How fast or slow a monotonic clock may be, in millionths: two of them run apart by 1 % at the most.
    static let drift: Int64 = 4975
    /// For how long a verifier accepts a token beyond its expiry, because clocks differ.
    static let verifierLeewayMilliseconds: Int64 = 300
    /// For how long a verifier's process or machine stands still; there is no bound on that.
    static let verifierStandsStill: Span = .milliseconds(3000)
    /// How long a request waits for its commit to begin, in milliseconds, before it is turned away.
    static let longestWait: Int64 = 250
    /// How long the store may take for a commit, in milliseconds.
    static let slowCommit: Int64 = 300
    /// How much longer than its time a verifier may hold a record, in milliseconds: times are rounded up to the second, and
    /// some records are looked at once a second.
    static let recordSlackMilliseconds: Int64 = 2000
}
