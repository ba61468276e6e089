internal import Settlement

/// What a process knows of the nodes of the authority, itself left out.
struct Others {
    var peers = PeersState()
    /// The rows as they were last seen, for ``Variant/judgesLeasesByWallClocks``.
    private var rows: [NodeTable.Row] = []

    mutating func looked(
        _ look: PeersState.Look, _ rows: [NodeTable.Row], but own: Identifier?, at now: Moment, _ flaw: Variant?
    ) {
        self.rows = rows.filter { $0.node.id != own }
        let nodes = self.rows.map { row in
            var node = row.node
            switch flaw {
            case .takesSilentForDead: node.leaseMilliseconds = 0
            case .waitsHalfALease: node.leaseMilliseconds /= 2
            default: break
            }
            return node
        }
        peers.looked(look, others: nodes, at: now)
    }

    func isSettled(_ ending: Ending, at now: ClockReading, _ flaw: Variant?) -> Bool {
        if flaw == .judgesLeasesByWallClocks {
            // The look itself is right.
            return peers.isSettled(0, committedBy: ending.since, since: ending.look, at: now.moment)
                && rows.allSatisfy { $0.node.settledThrough >= ending.seq || $0.wallEnd <= now.wall }
        }
        let look = flaw == .believesEarlierLook ? 0 : ending.look
        return peers.isSettled(ending.seq, committedBy: ending.since, since: look, at: now.moment)
    }
}
