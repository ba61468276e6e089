/// What one node of an authority says of itself to the others, in the store that they share.
package struct AuthorityNode: Hashable, Sendable {
    /// A name that a process makes up anew each time that it starts.
    package var id: Identifier
    /// Differs whenever it has renewed its lease.
    package var renewal: UInt64
    /// As long as any of its leases that had not ended when it asked for the renewal, and as the one that it asked for, in
    /// milliseconds.
    package var leaseMilliseconds: Int64
    /// The `seq` through which the log is settled among those who follow it.
    package var settledThrough: UInt64

    package init(id: Identifier, renewal: UInt64, leaseMilliseconds: Int64, settledThrough: UInt64) {
        self.id = id
        self.renewal = renewal
        self.leaseMilliseconds = leaseMilliseconds
        self.settledThrough = settledThrough
    }
}
