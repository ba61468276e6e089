internal import Settlement

/// What the authority calls settled, and when.
extension World {
    /// Asks the state what is settled, and plans when to ask again though nobody has said anything.
    mutating func look(_ process: AuthorityProcess, isTimer: Bool = false) {
        let moment = authorityMoment
        let through = process.state.settledThrough(at: moment)
        if through > checker.settled {
            tell("the log is settled through \(through)")
            tally[isTimer ? .settledByTime : .settledByWord] += Int(through - checker.settled)
        }
        keepPromises(process, through: through, at: moment)
        show(checker.settled(through: through, at: now))
        planNextLook(process, at: moment)
    }

    private mutating func planNextLook(_ process: AuthorityProcess, at moment: Moment) {
        if let planned = process.nextLook, planned <= now { process.nextLook = nil }
        guard flaw != .looksOnlyWhenSpokenTo, let next = process.state.nextLook(at: moment) else { return }
        let at = max(now, authority.clock.instant(of: next))
        if let planned = process.nextLook, planned <= at { return }
        process.nextLook = at
        queue.plan(.authority(run: authority.runs, .looks), at: at)
    }

    // MARK: Promises

    /// Says by when records that it has just heard of are settled: within the longest lease and its margin of now, or of
    /// the end of the wait after a restart.
    mutating func promise(_ records: ClosedRange<UInt64>, _ process: AuthorityProcess) {
        let now = authorityMoment
        let longest = process.terms.longestMilliseconds
        let before = process.longestLeaseBefore
        let bound = max(
            now + longest + Lease.margin(of: longest),
            before == 0 ? now : process.startedAt + before + Lease.margin(of: before))
        for seq in records {
            let by = process.state.settlesBy(seq, at: now)
            process.promises.append(.init(seq: seq, by: by))
            if by > bound {
                checker.breaks(
                    .progress, "record \(seq) is to be settled in \(by - now) ms at the latest: that is too late")
            }
        }
    }

    private mutating func keepPromises(_ process: AuthorityProcess, through: UInt64, at moment: Moment) {
        for promise in process.promises {
            let isLate = promise.seq <= through ? moment > promise.by : moment >= promise.by
            guard isLate else { continue }
            let late = moment - promise.by
            checker.breaks(
                .progress,
                "record \(promise.seq) was to be settled \(late) ms ago by the authority's clock, at \(now) "
                    + (promise.seq <= through ? "it is, late" : "it is not"))
        }
        process.promises.removeAll { $0.seq <= through }
    }
}
