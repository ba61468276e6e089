import Settlement

/// What somebody knows of the other nodes who keeps every look at them, and goes through all of them each time.
struct NaivePeers {
    struct Sighting {
        var look: UInt64
        var nodes: [AuthorityNode]
        var at: Moment
    }

    private(set) var sightings: [Sighting] = []

    mutating func looked(_ look: UInt64, _ nodes: [AuthorityNode], at now: Moment) {
        guard look > sightings.last?.look ?? 0 else { return }
        sightings.append(Sighting(look: look, nodes: nodes, at: now))
    }

    /// Since when a node has been seen as it was seen last, without a break.
    private func seenAt(_ node: AuthorityNode) -> Moment? {
        var first: Moment?
        for sighting in sightings.reversed() {
            let isThere = sighting.nodes.contains {
                $0.id == node.id && $0.renewal == node.renewal && $0.leaseMilliseconds == node.leaseMilliseconds
            }
            guard isThere else { return first }
            first = sighting.at
        }
        return first
    }

    /// When a node has come to the end of every lease that it asked for before a commit, as far as that has been seen.
    func end(of node: AuthorityNode, committedBy committed: Moment) -> Moment {
        let from = min(seenAt(node) ?? committed, committed)
        return from + node.leaseMilliseconds + Lease.margin(of: node.leaseMilliseconds)
    }

    func isSettled(_ seq: UInt64, committedBy committed: Moment, since look: UInt64, at now: Moment) -> Bool {
        guard let last = sightings.last, last.look >= look else { return false }
        return last.nodes.allSatisfy { $0.settledThrough >= seq || end(of: $0, committedBy: committed) <= now }
    }

    func settlesBy(_ seq: UInt64, committedBy committed: Moment, at now: Moment) -> Moment {
        let open = sightings.last?.nodes.filter { $0.settledThrough < seq } ?? []
        return open.map { end(of: $0, committedBy: committed) }.reduce(now, max)
    }

    func gone(for milliseconds: Int64, at now: Moment) -> Set<AuthorityNode> {
        guard let last = sightings.last else { return [] }
        return Set(
            last.nodes.filter { node in
                end(of: node, committedBy: seenAt(node) ?? now) + milliseconds <= now
            })
    }
}
