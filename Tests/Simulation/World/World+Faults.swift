internal import Settlement

/// What goes wrong, and how it goes on after that.
extension World {
    mutating func faultStrikes() {
        let verifier = random.index(below: verifiers.count)
        let node = random.index(below: nodes.count)
        switch weather.anyFault(&random) {
        case .partition: partition(verifier)
        case .verifierPauses: verifierStandsStill(verifier, isSuspended: false, for: longStandstill())
        case .verifierSuspends: verifierStandsStill(verifier, isSuspended: true, for: longStandstill())
        case .verifierSuspendsBriefly: verifierStandsStill(verifier, isSuspended: true, for: span(1, 20))
        case .verifierCrashes: verifierCrashes(verifier)
        case .verifierIsStopped: verifierIsStopped(verifier)
        case .verifierClockIsSet: verifierClockIsSet(verifier)
        case .nodeClockIsSet: nodeClockIsSet(node)
        case .nodeCrashes: nodeCrashes(node)
        case .nodePauses: nodeStandsStill(node, isSuspended: false, for: nodeStandstill())
        case .nodeSuspends: nodeStandsStill(node, isSuspended: true, for: nodeStandstill())
        case .nodeSuspendsBriefly: nodeStandsStill(node, isSuspended: true, for: span(1, 20))
        case .nodeIsStopped: nodeIsStopped(node)
        case .nodeCrashesInCommit: nodes[node].process?.crashPoint = random.percent(50) ? .inFlush : .afterFlush
        case .nodeIsCutFromStore: nodeIsCutFromStore(node)
        case .storeFailsOver: storeFailsOver()
        case nil: break
        }
    }

    private mutating func longStandstill() -> Span { random.span(.milliseconds(20), Bounds.verifierStandsStill) }

    /// From now on nothing goes wrong any more.
    mutating func calmComes() {
        calmSince = now
        for node in nodes.indices {
            nodes[node].process?.crashPoint = nil
            nodes[node].cutToStore = now
            nodes[node].cutFromStore = now
        }
        storeBrokenUntil = min(storeBrokenUntil, now)
        tell("faults end")
        for verifier in verifiers.indices {
            verifiers[verifier].cutTo = now
            verifiers[verifier].cutFrom = now
        }
    }

    private mutating func partition(_ verifier: Int) {
        tally[.partitions] += 1
        let end = now + span(20, 2500)
        let direction = random.number(0...2)
        if direction != 1 { verifiers[verifier].cutTo = end }
        if direction != 0 { verifiers[verifier].cutFrom = end }
        verifiers[verifier].cutOff = nodes.count > 1 && random.percent(60) ? random.index(below: nodes.count) : nil
        let what = ["messages to", "messages from", "everything between it and"][Int(direction)]
        let whom = verifiers[verifier].cutOff.map { "node \($0 + 1)" } ?? "every node"
        tell("the network loses at verifier \(verifier + 1) \(what) \(whom) until \(end)")
    }

    // MARK: Verifiers

    private mutating func verifierCrashes(_ verifier: Int) {
        guard let process = verifiers[verifier].process, verifiers[verifier].standsStillUntil == nil else { return }
        tally[.verifierCrashes] += 1
        tell("verifier \(verifier + 1) crashes")
        verifiers[verifier].process = nil
        send(.connectionClosed(process.state.id), from: verifier, to: process.home)
        plan(.verifierStarts(verifier), in: random.percent(50) ? span(1, 30) : span(30, 1500))
    }

    private mutating func verifierIsStopped(_ verifier: Int) {
        guard let process = verifiers[verifier].process, verifiers[verifier].standsStillUntil == nil,
            !process.isStopping
        else { return }
        tally[.handBacks] += 1
        stopCleanly(verifier, process)
    }

    private mutating func verifierStandsStill(_ verifier: Int, isSuspended: Bool, for span: Span) {
        let isSuspended = isSuspended && verifiers[verifier].isSuspendedAtTimes
        guard verifiers[verifier].standsStillUntil == nil else { return }
        tally[isSuspended ? .suspensions : .pauses] += 1
        let end = min(now + span, .start + weather.activeTime)
        if isSuspended {
            verifiers[verifier].clock.suspend(from: now, until: end)
            verifiers[verifier].disturbClocks(by: end - now, at: end)
        }
        verifiers[verifier].standsStillUntil = end
        tell("verifier \(verifier + 1) \(isSuspended ? "is suspended, with its machine," : "is paused") until \(end)")
        plan(.verifierGoesOn(verifier), in: end - now)
    }

    /// Requests to the application have waited too, and come before everything else.
    mutating func verifierGoesOn(_ verifier: Int) {
        tell("verifier \(verifier + 1) goes on")
        verifiers[verifier].standsStillUntil = nil
        showSettled(to: verifier)
        let backlog = verifiers[verifier].backlog
        verifiers[verifier].backlog = []
        for event in backlog { queue.plan(event, at: now) }
    }

    private mutating func verifierClockIsSet(_ verifier: Int) {
        guard !verifiers[verifier].isSuspendedAtTimes else { return }
        tally[.wallClocksSet] += 1
        let (before, after) = (verifiers[verifier].clock.wallError, MachineClock.wallError(&random, .verifier, weather))
        verifiers[verifier].clock.setWall(error: after)
        verifiers[verifier].disturbClocks(by: .microseconds(after.microseconds - before.microseconds), at: now)
        tell("verifier \(verifier + 1)'s wall clock is set, to be \(after.words) ahead")
        showSettled(to: verifier)
    }
}

extension Span {
    var words: String { Instant.seconds(milliseconds: microseconds / 1000) }
}
