/// What came of presenting a rotating token.
package enum RotationOutcome: Hashable, Sendable {
    /// The session, and the generation whose token is to be given: the next one, or the same again within the grace.
    case rotated(Session, generation: UInt32)
    /// A copy was used; what the policy says has been ended, in this very transaction.
    case reused(Ended)
    /// Nobody's, over, or another client's.
    case refused
}
