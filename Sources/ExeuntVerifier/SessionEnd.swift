/// What somebody hears who waits for the end of a session.
public enum SessionEnd: Sendable, Hashable {
    /// It has been ended.
    case ended
    /// Nothing can be promised any more: there is no lease, or the verifier has stopped.
    ///
    /// A stream or socket is closed then just as well. Whoever opens it anew is checked.
    case unknown
}
