/// How wrong wall clocks are in a run, and how long records are kept accordingly.
struct Walls {
    /// How long records are kept beyond the life of a token, in milliseconds.
    ///
    /// It makes up for all of these together, and where they are tame is no more than their sum:
    /// - twice `authority`, for a token that looks as if it had been issued after the logout that ended it;
    /// - `nodeStandsStill`, ``Bounds/longestWait`` and ``Bounds/slowCommit``, by which a logout may be older than its commit;
    /// - `authority` once more, for a node that leaves a record out as past its time;
    /// - `verifierBehind` and ``Bounds/verifierLeewayMilliseconds``, for a verifier that has not got it and thinks that it is earlier.
    let skewMilliseconds: Int64
    /// How wrong a node's may be, one way or the other.
    let authority: Span
    let verifierBehind: Span
    let verifierAhead: Span
    /// For how long a node's process or machine may stand still, while a request waits for its commit.
    let nodeStandsStill: Span
    let isWild: Bool

    /// By little, so that records come to their time within a run.
    static let tame = Walls(
        skewMilliseconds: 2500, authority: .milliseconds(200), verifierBehind: .milliseconds(450),
        verifierAhead: .milliseconds(20_000), nodeStandsStill: .milliseconds(600), isWild: false)
    /// By minutes: tokens and records outlast the run.
    static let wild = Walls(
        skewMilliseconds: 3_600_000, authority: .milliseconds(300_000), verifierBehind: .milliseconds(300_000),
        verifierAhead: .milliseconds(300_000), nodeStandsStill: .milliseconds(3000), isWild: true)

    /// The life of an access token that no clock calls expired while a run lasts, in milliseconds.
    static let longLife: Int64 = 1_200_000
}
