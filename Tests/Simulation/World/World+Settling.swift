internal import Settlement

/// What is settled, and when.
extension World {
    /// Looks what is settled at a node, and plans when to look again though nobody has said anything.
    mutating func look(_ process: NodeProcess, isTimer: Bool = false) {
        let moment = moment(of: process)
        keepPromises(process, through: process.state.settledThrough(at: moment), at: moment)
        settleEndings(process, isTimer: isTimer)
        planNextLook(process, at: moment)
    }

    /// Answers the logouts that are settled at a node and among the others.
    mutating func settleEndings(_ process: NodeProcess, isTimer: Bool) {
        guard !process.endings.isEmpty else { return }
        let reading = reading(of: process)
        let through = process.state.settledThrough(at: reading.moment)
        let done = process.endings.filter {
            $0.seq <= through && process.others.isSettled($0, at: reading, flaw)
        }
        guard let last = done.map(\.seq).max() else { return }
        process.endings.removeAll { $0.seq <= through && process.others.isSettled($0, at: reading, flaw) }
        if last > checker.settled {
            tell("\(name(process)) says that the log is settled through \(last)")
            tally[isTimer ? .settledByTime : .settledByWord] += 1
            if !process.others.peers.isAlone { tally[.settledAmongOthers] += 1 }
        }
        for ending in done { isInTime(ending) }
        show(checker.settled(through: last, at: now))
    }

    private mutating func planNextLook(_ process: NodeProcess, at moment: Moment) {
        if let planned = process.nextLook, planned <= now { process.nextLook = nil }
        guard flaw != .looksOnlyWhenSpokenTo, let next = process.state.nextLook(at: moment) else { return }
        let at = max(now, nodes[process.machine].clock.instant(of: next))
        if let planned = process.nextLook, planned <= at { return }
        process.nextLook = at
        queue.plan(.node(process.machine, run: nodes[process.machine].runs, .looks), at: at)
    }

    // MARK: Progress

    /// Says by when records that a node has just heard of are settled among those who follow it: within the longest lease and
    /// its margin.
    mutating func promise(_ records: ClosedRange<UInt64>, _ process: NodeProcess) {
        let now = moment(of: process)
        let longest = process.terms.longestMilliseconds
        let bound = now + longest + Lease.margin(of: longest)
        for seq in records {
            let by = process.state.settlesBy(seq, at: now)
            process.promises.append(.init(seq: seq, by: by))
            if by > bound {
                checker.breaks(
                    .progress, "record \(seq) is to be settled in \(by - now) ms at the latest: that is too late")
            }
        }
    }

    private mutating func keepPromises(_ process: NodeProcess, through: UInt64, at moment: Moment) {
        for promise in process.promises {
            let isLate = promise.seq <= through ? moment > promise.by : moment >= promise.by
            guard isLate else { continue }
            let late = moment - promise.by
            checker.breaks(
                .progress,
                "record \(promise.seq) was to be settled at \(name(process)) \(late) ms ago by its clock, at \(now) "
                    + (promise.seq <= through ? "it is, late" : "it is not"))
        }
        process.promises.removeAll { $0.seq <= through }
    }

    /// A look has shown the others: what it tells about, and has waited for as long as a lease of any node lasts, is settled.
    mutating func isWithinBound(_ process: NodeProcess, after look: PeersState.Look) {
        guard flaw != .looksOnlyWhenSpokenTo else { return }
        let moment = moment(of: process)
        let settled = process.state.settledThrough(at: moment)
        let known = process.endings.filter { $0.seq <= settled && $0.look <= look }
        for ending in known where ending.since + weather.longestNodeLease <= moment {
            checker.breaks(
                .progress,
                "record \(ending.seq) waits at \(name(process)) at \(now) for longer than any lease of a node lasts")
        }
    }

    /// Once faults have ended, everything is settled within the longest lease of a node, its margin and some looks.
    private mutating func isInTime(_ ending: Ending) {
        guard let calmSince, ending.begunAt > calmSince + .milliseconds(1500) else { return }
        let (took, most) = (now - ending.begunAt, Span.milliseconds(weather.longestNodeLease * 101 / 100 + 200))
        if took > most {
            checker.breaks(
                .progress, "it has taken \(took.microseconds / 1000) ms until record \(ending.seq) was settled")
        }
    }
}
