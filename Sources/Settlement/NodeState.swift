/// A node's own leave to grant leases: it is to the store what a verifier is to the node.
///
/// It renews its lease in a transaction that also reads the log's head, and no commit falls between the two. So whatever is
/// committed while the lease lasts finds the node in the store, and whoever has committed it waits for the node. No lease that
/// it grants ends after its own.
package struct NodeState: Sendable {
    /// Leases of its own that the others may still have to wait for: none is longer than that, or ends later.
    private struct Outstanding: Sendable {
        var milliseconds: Int64
        var end: Moment

        func with(_ lease: Lease) -> Outstanding {
            Outstanding(milliseconds: max(milliseconds, lease.milliseconds), end: max(end, lease.end))
        }
    }

    package let id: Identifier
    private var renewals: UInt64 = 0
    private var lease: Lease?
    /// The length of the lease that it has asked for last.
    private var wanted: Int64 = 0
    /// Those up to some moment, and those since then: once the former have ended, the latter take their place.
    private var older: Outstanding?
    private var newer: Outstanding?
    /// What was written last.
    package private(set) var last: AuthorityNode?

    package init(id: Identifier) { self.id = id }

    /// How long a lease it asks for, to grant leases of so many milliseconds and to renew in good time.
    package static func length(for milliseconds: Int64) -> Int64 {
        milliseconds + Lease.margin(of: milliseconds) + milliseconds / 4
    }

    /// What to write to the store now so that it can grant leases of so many milliseconds.
    ///
    /// Leases that it has may be longer than a new one. What it says of itself covers them in full, not what is left of them: whoever
    /// committed something long ago, before this renewal, counts from then.
    package mutating func renewal(
        for milliseconds: Int64, settledThrough: UInt64, at now: ClockReading
    ) -> AuthorityNode {
        renewals += 1
        wanted = Self.length(for: milliseconds)
        let longest = [older, newer].compactMap(\.self).filter { $0.end > now.moment }.map(\.milliseconds).max()
        return AuthorityNode(
            id: id, renewal: renewals, leaseMilliseconds: max(wanted, longest ?? 0), settledThrough: settledThrough)
    }

    /// It has been written; `asked` is what the clocks said just before.
    package mutating func renewed(_ node: AuthorityNode, asked: ClockReading) {
        let granted = Lease(asked: asked, milliseconds: min(wanted, node.leaseMilliseconds))
        if lease.map({ granted.end >= $0.end || !$0.isLive(at: asked) }) ?? true { lease = granted }
        if older.map({ $0.end <= asked.moment }) ?? true { (older, newer) = (newer, nil) }
        newer = newer?.with(granted) ?? Outstanding(milliseconds: granted.milliseconds, end: granted.end)
        last = node
    }

    /// The moment after which nothing that it grants may last; nil without a live lease.
    package func leaseEnd(at now: ClockReading) -> Moment? {
        lease.flatMap { $0.isLive(at: now) ? $0.end : nil }
    }

    /// Whether it can grant a lease of so many milliseconds, whole.
    package func covers(_ milliseconds: Int64, at now: ClockReading) -> Bool {
        leaseEnd(at: now).map { $0 - now.moment >= milliseconds + Lease.margin(of: milliseconds) } ?? false
    }

    /// Whether it should renew now, to grant leases of so many milliseconds without anybody waiting for it.
    package func isDue(for milliseconds: Int64, at now: ClockReading) -> Bool {
        !covers(milliseconds + milliseconds / 8, at: now)
    }
}
