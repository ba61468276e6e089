/// How a verifier is doing.
public struct VerifierStatus: Sendable, Hashable {
    /// What it is doing.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// It has had no lease yet.
        case starting
        /// It answers from memory.
        case live
        /// Its lease has ended and it has no new one yet.
        case lapsed
        /// It has given its lease back and takes no other.
        case stopped
    }

    /// What it is doing.
    public var state: State
    /// The number of the last revocation that is applied.
    public var applied: UInt64
    /// How long ago the authority was asked for the lease; nil without one.
    public var leaseAge: Duration?
    /// How long the lease still lasts; nil without one.
    public var leaseLeft: Duration?
    /// How many revocations are held.
    public var revocations: Int
    /// How many verified tokens are remembered.
    public var cachedTokens: Int
    /// How many streams and sockets wait to hear of the end of their session.
    public var watchers: Int
    /// Tokens that were checked, by what was found; `accepted` is the good word.
    public var checks: [String: UInt64]
    /// How many of them were remembered, so that no signature was checked.
    public var cacheHits: UInt64
    /// How many polls have failed.
    public var pollErrors: UInt64
    /// What went wrong last in talking to the authority; nil once it has gone well again.
    public var lastError: String?
}
