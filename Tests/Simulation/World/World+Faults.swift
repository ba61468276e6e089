internal import Settlement

/// What goes wrong, and how it goes on after that.
extension World {
    mutating func faultStrikes() {
        let verifier = random.index(below: verifiers.count)
        switch weather.anyFault(&random) {
        case .partition: partition(verifier)
        case .verifierPauses: verifierStandsStill(verifier, isSuspended: false, for: longStandstill())
        case .verifierSuspends: verifierStandsStill(verifier, isSuspended: true, for: longStandstill())
        case .verifierSuspendsBriefly: verifierStandsStill(verifier, isSuspended: true, for: span(1, 20))
        case .verifierCrashes: verifierCrashes(verifier)
        case .verifierIsStopped: verifierIsStopped(verifier)
        case .verifierClockIsSet: verifierClockIsSet(verifier)
        case .authorityClockIsSet: authorityClockIsSet()
        case .authorityCrashes: authorityCrashes()
        case .authorityPauses: authorityStandsStill(isSuspended: false)
        case .authoritySuspends: authorityStandsStill(isSuspended: true)
        case .authorityCrashesInCommit: authority.process?.crashPoint = random.percent(50) ? .inFlush : .afterFlush
        case nil: break
        }
    }

    private mutating func longStandstill() -> Span { random.span(.milliseconds(20), Bounds.verifierStandsStill) }

    /// From now on nothing goes wrong any more.
    mutating func calmComes() {
        isCalm = true
        authority.process?.crashPoint = nil
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
        let what = ["messages to the authority", "messages from the authority", "everything"][Int(direction)]
        tell("the network loses \(what) at verifier \(verifier + 1) until \(end)")
    }

    // MARK: Verifiers

    private mutating func verifierCrashes(_ verifier: Int) {
        guard let process = verifiers[verifier].process, verifiers[verifier].standsStillUntil == nil else { return }
        tally[.verifierCrashes] += 1
        tell("verifier \(verifier + 1) crashes")
        verifiers[verifier].process = nil
        send(.connectionClosed(process.state.id), from: verifier)
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
        let (before, after) = (verifiers[verifier].clock.wallError, MachineClock.wallError(&random, .verifier))
        verifiers[verifier].clock.setWall(error: after)
        verifiers[verifier].disturbClocks(by: .microseconds(after.microseconds - before.microseconds), at: now)
        tell("verifier \(verifier + 1)'s wall clock is set, to be \(after.words) ahead")
        showSettled(to: verifier)
    }

    private mutating func authorityClockIsSet() {
        tally[.wallClocksSet] += 1
        authority.clock.setWall(error: MachineClock.wallError(&random, .authority))
        tell("the authority's wall clock is set, to be \(authority.clock.wallError.words) ahead")
    }

    // MARK: The authority

    mutating func authorityStarts() {
        let start = authority.runs % weather.terms.count
        let terms = weather.terms[start]
        let reading = authority.clock.reading(at: now)
        checker.restarted(with: store)
        store.note(tokenLife: weather.tokenLives[start], at: reading.wall)
        let longest = longestLeaseBefore(terms)
        let state = AuthorityState(
            node: .random(&random), head: store.head, startedAt: reading.moment, longestLeaseBefore: longest)
        authority.runs += 1
        authority.process = AuthorityProcess(
            state: state, terms: terms, startedAt: reading.moment, longestLease: longest)
        tell(
            "the authority starts, on a log through \(store.head); leases are \(terms.longestMilliseconds) ms at the most, "
                + "and \(longest) ms were before")
        planAtAuthority(.sweeps, in: span(0, 700))
        if let process = authority.process { look(process) }
    }

    /// All that is in its memory is gone; what is in a flush may be on the disk or not.
    mutating func authorityCrashes() {
        guard let process = authority.process, authority.standsStillUntil == nil else { return }
        tally[.authorityCrashes] += 1
        tell("the authority crashes")
        if random.percent(50) { commitFlush(process) }
        tally[.commitsUnheard] += Int(store.head - min(store.head, process.tailEnd))
        authority.process = nil
        plan(.authorityStarts, in: random.percent(50) ? span(1, 30) : span(30, 500))
    }

    private mutating func authorityStandsStill(isSuspended: Bool) {
        guard authority.process != nil, authority.standsStillUntil == nil else { return }
        tally[isSuspended ? .suspensions : .pauses] += 1
        let end = now + random.span(.milliseconds(5), Bounds.authorityStandsStill)
        if isSuspended { authority.clock.suspend(from: now, until: end) }
        authority.standsStillUntil = end
        tell("the authority \(isSuspended ? "is suspended, with its machine," : "is paused") until \(end)")
        plan(.authorityGoesOn, in: end - now)
    }

    mutating func authorityGoesOn() {
        tell("the authority goes on")
        authority.standsStillUntil = nil
        if let process = authority.process {
            // What it could not do meanwhile it does now.
            let moment = authorityMoment
            for place in process.promises.indices {
                process.promises[place].by = max(process.promises[place].by, moment)
            }
            look(process)
        }
        let backlog = authority.backlog
        authority.backlog = []
        for event in backlog { queue.plan(event, at: now) }
    }
}

extension Span {
    fileprivate var words: String { Instant.seconds(milliseconds: microseconds / 1000) }
}
