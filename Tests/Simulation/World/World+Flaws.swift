internal import Settlement

/// What the variants do instead of the right thing, where that takes more than a word.
extension World {
    // MARK: Requests

    /// Does to a request what a variant does before its transaction; says whether the request goes its own way from here.
    mutating func takesWithFlaw(_ request: inout Request) -> Bool {
        switch (flaw, request.act) {
        case (.refreshesInTwoSteps, .refresh(let session)): request.early.isLive = store.isLive(session)
        case (.readsVersionEarly, .signIn(let subject)): request.early.version = store.version(of: subject)
        case (.answersBeforeFlush, .logout): checker.answered(request.number)
        case (.numbersBeforeCommit, .logout):
            request.early.seq = store.reserve()
            planAtAuthority(.commitsAlone(request), in: span(0, 40))
            return true
        default: break
        }
        return false
    }

    /// A transaction that got its number before is done, others that got theirs after it perhaps too.
    mutating func commitsAlone(_ request: Request) {
        commit(request)
        planAtAuthority(.hears(through: store.head), in: random.span(.microseconds(0), .milliseconds(2)))
    }

    // MARK: Leases

    /// Grants a lease on the log through a `seq`, and says how long it is.
    mutating func grant(_ lease: Int64, to follower: Identifier, through: UInt64, _ process: AuthorityProcess) -> Int64
    {
        let now = authorityMoment
        switch flaw {
        case .noMarginForDrift:
            return process.state.grant(lease, to: follower, through: through, at: now + -Lease.margin(of: lease))
        case .noMarginForStandingStill:
            let missing = Lease.margin(of: lease) - Lease.tolerance(of: lease)
            return process.state.grant(lease, to: follower, through: through, at: now + -missing)
        case .grantsMoreThanAnswered:
            return process.state.grant(lease, to: follower, through: max(through, process.state.head), at: now)
        case .leaseOnPartialPage:
            return max(lease, process.state.grant(lease, to: follower, through: through, at: now))
        default: return process.state.grant(lease, to: follower, through: through, at: now)
        }
    }

    /// The longest lease that an authority waits for when it starts.
    func longestLeaseBefore(_ terms: LeaseTerms) -> Int64 {
        switch flaw {
        case .noWaitAfterRestart: 0
        case .waitsBySettings: min(store.longestLease, terms.longestMilliseconds)
        default: store.longestLease
        }
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
