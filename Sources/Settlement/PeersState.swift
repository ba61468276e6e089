/// What a node knows of the other nodes of its authority, from looking into the store that they share.
///
/// A lease that a node asks for after a commit knows of that commit: see ``NodeState``. So what was committed by a moment c is
/// settled among the others once each of them has said so, or has come to the end of every lease that it asked for before c.
/// Those have all ended when the length of its lease and the margin have passed since c. A node that has stopped renewing is
/// done with even sooner: that long after it was first seen with the renewal that it still has.
///
/// Only the clock of whoever looks is used, and only for how much time passes: neither the wall clocks of the nodes nor the
/// clock of the database, which a failover changes, has a part in it.
package struct PeersState: Sendable {
    /// Names a look, so that only one that began after a commit is believed about it.
    package typealias Look = UInt64

    private struct Peer: Sendable {
        var node: AuthorityNode
        /// When this renewal was first seen.
        var seenAt: Moment
    }

    private var peers: [Identifier: Peer] = [:]
    private var begun: Look = 0
    private var completed: Look = 0

    package init() {}

    /// A look into the store begins.
    package mutating func beginLook() -> Look {
        begun += 1
        return begun
    }

    /// The first look that begins from now on.
    package var nextLook: Look { begun + 1 }

    /// A look has shown that there are these other nodes.
    package mutating func looked(_ look: Look, others: [AuthorityNode], at now: Moment) {
        guard look > completed else { return }
        completed = look
        var seen: [Identifier: Peer] = [:]
        for node in others {
            let known = peers[node.id]
            let isSame = known?.node.renewal == node.renewal && known?.node.leaseMilliseconds == node.leaseMilliseconds
            seen[node.id] = Peer(node: node, seenAt: isSame ? known?.seenAt ?? now : now)
        }
        peers = seen
    }

    /// Whether that look, or a later one, has shown them.
    package func hasSeen(_ look: Look) -> Bool { completed >= look }

    /// Whether there are others at all, as far as it has been seen.
    package var isAlone: Bool { peers.isEmpty }

    /// Whether a record that was committed by the moment `committed` is settled among the others, if `look` or a later one has
    /// shown them.
    package func isSettled(_ seq: UInt64, committedBy committed: Moment, since look: Look, at now: Moment) -> Bool {
        completed >= look
            && peers.values.allSatisfy { $0.node.settledThrough >= seq || end(of: $0, committedBy: committed) <= now }
    }

    /// The moment by which it is, whatever happens, as far as has been seen.
    package func settlesBy(_ seq: UInt64, committedBy committed: Moment, at now: Moment) -> Moment {
        peers.values.filter { $0.node.settledThrough < seq }
            .reduce(now) { max($0, end(of: $1, committedBy: committed)) }
    }

    /// The others that have been silent since their leases ended and for so many milliseconds more: nobody needs to know of them.
    package func gone(for milliseconds: Int64, at now: Moment) -> [AuthorityNode] {
        peers.values.filter { end(of: $0, committedBy: $0.seenAt) + milliseconds <= now }.map(\.node)
    }

    /// When every lease has ended that a peer asked for before a commit.
    private func end(of peer: Peer, committedBy committed: Moment) -> Moment {
        let milliseconds = peer.node.leaseMilliseconds
        return min(peer.seenAt, committed) + milliseconds + Lease.margin(of: milliseconds)
    }
}
