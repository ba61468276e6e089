/// What the protocol is promised about clocks and delays: a run goes up to it, and not beyond.
enum Bounds {
    /// How fast or slow a monotonic clock may be, in millionths: two of them run apart by 1 % at the most.
    static let drift: Int64 = 4975

    // MARK: Wall clocks

    /// How long records are kept beyond the life of a token, in milliseconds.
    ///
    /// It makes up for all of these together, and is no more than their sum:
    /// - twice `authorityWall`, for a token that looks as if it had been issued after the logout that ended it;
    /// - `authorityStandsStill` and a slow flush of 50 ms, by which a logout may be older than its commit;
    /// - `authorityWall` once more, for an authority that leaves a record out as past its time;
    /// - `verifierWallBehind` and `verifierLeewayMilliseconds`, for a verifier that has not got it and thinks that it is earlier.
    static let skewMilliseconds: Int64 = 2000
    /// How wrong the authority's wall clock may be.
    static let authorityWall: Span = .milliseconds(200)
    static let verifierWallBehind: Span = .milliseconds(450)
    /// There is no bound on that; but beyond this nothing new happens.
    static let verifierWallAhead: Span = .milliseconds(20_000)
    /// For how long a verifier accepts a token beyond its expiry, because clocks differ.
    static let verifierLeewayMilliseconds: Int64 = 300

    // MARK: Standing still

    /// For how long the authority's process or machine may, while a request waits for its commit.
    static let authorityStandsStill: Span = .milliseconds(600)
    /// There is no bound on that either.
    static let verifierStandsStill: Span = .milliseconds(3000)

    // MARK: Records

    /// How much longer than its time a verifier may hold a record: times are rounded up to the second, and some records are
    /// looked at once a second.
    static let recordSlackMilliseconds: Int64 = 2000
}
