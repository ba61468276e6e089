internal import Settlement

/// What the variants do instead of the right thing, where that takes more than a word.
extension World {
    // MARK: Requests

    /// Does to a request what a variant does before its transaction; says whether the request goes its own way from here.
    mutating func takesWithFlaw(_ request: inout Request, _ process: NodeProcess) -> Bool {
        switch (flaw, request.act) {
        case (.refreshesInTwoSteps, .refresh(let session)): request.early.isLive = store.isLive(session)
        case (.readsVersionEarly, .signIn(let subject)): request.early.version = store.version(of: subject)
        case (.answersBeforeFlush, .logout): checker.answered(request.number)
        case (.numbersBeforeCommit, .logout):
            request.early.seq = store.reserve()
            plan(.commitsAlone(request), at: process, in: span(0, 40))
            return true
        default: break
        }
        return false
    }

    /// A transaction that got its number before is done, others that got theirs after it perhaps too.
    mutating func commitsAlone(_ request: Request, _ process: NodeProcess) {
        commit(request)
        notify()
        committed(request, process)
    }

    // MARK: Leases of verifiers

    /// Grants a lease on the log through a `seq`, and says how long it is.
    mutating func grant(_ lease: Int64, to follower: Identifier, through: UInt64, _ process: NodeProcess) -> Int64 {
        let now = moment(of: process)
        guard !process.isClosed, let end = process.node.leaseEnd(at: leaseReading(of: process)) else { return 0 }
        switch flaw {
        case .noMarginForDrift:
            let early = now + -Lease.margin(of: lease)
            return process.state.grant(lease, to: follower, through: through, at: early, until: end)
        case .noMarginForStandingStill:
            let early = now + -(Lease.margin(of: lease) - Lease.tolerance(of: lease))
            return process.state.grant(lease, to: follower, through: through, at: early, until: end)
        case .grantsMoreThanAnswered:
            let more = max(through, process.state.head)
            return process.state.grant(lease, to: follower, through: more, at: now, until: end)
        case .leaseOnPartialPage:
            let granted = process.state.grant(lease, to: follower, through: through, at: now, until: end)
            return granted > 0 ? granted : min(lease, Lease.longest(within: end - now))
        case .grantsPastOwnLease:
            return process.state.grant(lease, to: follower, through: through, at: now, until: end + 100_000)
        default: return process.state.grant(lease, to: follower, through: through, at: now, until: end)
        }
    }

    // MARK: A node's own lease

    /// What a node's clocks say, as far as it looks at them when it judges its own lease.
    func leaseReading(of process: NodeProcess) -> ClockReading {
        let reading = reading(of: process)
        guard flaw == .nodeSuspensionUnnoticed, let asked = process.renewedAsked else { return reading }
        return ClockReading(moment: reading.moment, wall: asked.wall + (reading.moment - asked.moment))
    }

    /// What a node writes of itself to renew its lease.
    func renewal(
        for lease: Int64, _ asked: ClockReading, _ process: NodeProcess
    ) -> (AuthorityNode, PeersState.Look) {
        let settled = process.state.settledThrough(at: asked.moment)
        let longest = max(lease, process.state.longestLease)
        var node = process.node.renewal(for: longest, settledThrough: settled, at: asked)
        switch flaw {
        case .notesBeforeAcknowledged: node.settledThrough = process.state.head
        case .forgetsLongerLease: node.leaseMilliseconds = NodeState.length(for: longest)
        case .saysWhatIsLeft:
            let left = process.node.leaseEnd(at: asked).map { $0 - asked.moment } ?? 0
            node.leaseMilliseconds = max(NodeState.length(for: longest), left)
        default: break
        }
        return (node, process.others.peers.beginLook())
    }

    /// The name of a process that starts.
    mutating func nameOfNewNode(_ number: Int) -> Identifier {
        let name = Identifier.random(&random)
        guard let last = nodes[number].lastName else { return name }
        if flaw == .removesOldRowAtStart { store.nodes.remove(last) }
        return flaw == .keepsNodeNameAcrossRestart ? last : name
    }

    // MARK: At a verifier

    /// What a verifier asks.
    func message(of process: VerifierProcess) -> FeedPoll {
        var poll = process.state.poll(leaseMilliseconds: process.leaseMilliseconds)
        if let ahead = process.ahead { (poll.node, poll.after) = ahead }
        return poll
    }

    /// What a verifier's clocks say, as far as it looks at them when it judges its lease.
    func reading(_ reading: ClockReading, for process: VerifierProcess) -> ClockReading {
        guard flaw == .suspensionUnnoticed, let asked = process.state.lease?.asked else { return reading }
        return ClockReading(moment: reading.moment, wall: asked.wall + (reading.moment - asked.moment))
    }

    /// What a verifier makes of an answer before it applies it.
    func taken(_ answer: FeedAnswer, by state: FollowerState) -> FeedAnswer {
        var answer = answer
        switch flaw {
        case .keepsNameAcrossRestart: answer.after = min(answer.after, answer.node == state.node ? state.applied : 0)
        case .keepsRecordsForEver:
            for place in answer.revocations.indices { answer.revocations[place].until = .max }
        default: break
        }
        return answer
    }
}
