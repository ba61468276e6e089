internal import Settlement

/// A node among the others: its own lease, and what it tells them.
extension World {
    /// Answers a poll once the node can grant the lease, as far as the store lets it.
    mutating func secure(_ poll: Poll, after: UInt64, tries: Int = 2, _ process: NodeProcess) {
        let lease = process.lease(for: poll)
        if tries == 0 || process.node.covers(lease, at: leaseReading(of: process)) {
            return plan(.secured(poll, after: after), at: process, in: random.span(.microseconds(0), .milliseconds(1)))
        }
        process.securing.append(.init(poll: poll, after: after, tries: tries - 1))
        renew(for: lease, process)
    }

    /// Renews the node's lease, once for all who want it at the same time.
    private mutating func renew(for lease: Int64, _ process: NodeProcess) {
        guard process.renewal == nil else { return }
        let asked = reading(of: process)
        let (node, look) = renewal(for: lease, asked, process)
        process.noted = node.settledThrough
        let row = NodeTable.Row(node: node, wallEnd: asked.wall + node.leaseMilliseconds)
        tell("\(name(process)) renews its lease, to be \(node.leaseMilliseconds) ms (\(asked.words))")
        tally[.renewals] += 1
        process.renewal = callStore(process, .renew(Renewal(row: row, asked: asked, look: look)))
    }

    mutating func renewed(_ renewal: Renewal, _ answer: StoreAnswer?, _ process: NodeProcess) {
        process.renewal = nil
        process.hasFailedToRenew = answer == nil
        if case .renewed(let head, let rows) = answer {
            let now = reading(of: process)
            tell("\(name(process)) has renewed its lease, on a log through \(head)")
            process.node.renewed(renewal.row.node, asked: flaw == .nodeCountsFromAnswer ? now : renewal.asked)
            process.renewedAsked = renewal.asked
            if flaw != .grantsWithOldHead { knows(through: head, process) }
            looked(renewal.look, rows, process)
        } else {
            tally[.answersOfStoreLost] += 1
        }
        let securing = process.securing
        process.securing = []
        for waiting in securing {
            if answer == nil, process.node.leaseEnd(at: leaseReading(of: process)) == nil {
                refuse(waiting.poll)
            } else {
                secure(waiting.poll, after: waiting.after, tries: waiting.tries, process)
            }
        }
    }

    /// Does what the others wait for, and what waits for the others.
    mutating func keep(_ process: NodeProcess) {
        if flaw != .looksOnlyWhenSpokenTo { look(process, isTimer: true) }
        let reading = reading(of: process)
        let settled = process.state.settledThrough(at: reading.moment)
        if process.state.hasLeases, !process.hasFailedToRenew,
            process.node.isDue(for: process.state.longestLease, at: reading)
        {
            renew(for: 0, process)
        }
        let news = flaw == .notesBeforeAcknowledged ? process.state.head : settled
        if !process.others.peers.isAlone, process.node.last != nil, news > process.noted, !process.isNoting {
            process.noted = news
            process.isNoting = true
            callStore(process, .note(settledThrough: news, of: process.state.node))
        }
        guard !process.isLooking, process.endings.contains(where: { $0.seq <= settled }) else { return }
        process.isLooking = true
        plan(.looksAtOthers, at: process, in: process.lookPause)
        process.lookPause = min(process.lookPause + process.lookPause, weather.longestLookPause)
    }

    // MARK: Looking at the others

    mutating func looksAtOthers(_ process: NodeProcess) {
        process.isLooking = true
        tally[.looks] += 1
        callStore(process, .look(process.others.peers.beginLook()))
    }

    mutating func looked(_ look: PeersState.Look, _ rows: [NodeTable.Row], _ process: NodeProcess) {
        process.others.looked(look, rows, but: process.state.node, at: moment(of: process), flaw)
        if flaw != .looksOnlyWhenSpokenTo { settleEndings(process, isTimer: true) }
        isWithinBound(process, after: look)
    }
}
