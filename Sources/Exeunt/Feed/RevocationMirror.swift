/// A copy of the log at somebody else's, who cannot follow it: a Redis.
package protocol RevocationMirror: Sendable {
    /// Waits until the copy has the log through `seq`, or patience is at its end, and says which.
    ///
    /// It never waits for a copy that cannot be reached: the log keeps what is still to be delivered, in order.
    func deliver(through seq: UInt64, patience: Patience) async -> Delivery
}
