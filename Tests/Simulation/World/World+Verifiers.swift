internal import Settlement

/// The verifiers' processes: the shell around ``FollowerState``, which asks, waits, and shows it tokens.
extension World {
    mutating func atVerifier(_ verifier: Int, _ event: VerifierEvent) {
        guard let process = verifiers[verifier].process else { return }
        switch event {
        case .asks: ask(verifier, process)
        case .givesUp(let poll): giveUp(poll, verifier, process)
        case .answered(let answer): answered(answer, verifier, process)
        case .applies(let answer): apply(answer, verifier, process)
        case .stopsAtLast: stop(verifier, process)
        }
    }

    private mutating func plan(_ event: VerifierEvent, at verifier: Int, in span: Span) {
        plan(.verifier(verifier, run: verifiers[verifier].runs, event), in: span)
    }

    // MARK: Starting and stopping

    mutating func verifierStarts(_ verifier: Int) {
        guard verifiers[verifier].process == nil else { return }
        let lease = random.percent(30) ? nil : random.number(weather.wantedLeases)
        let isHasty = random.percent(weather.hasty)
        let name = Identifier.random(&random)
        verifiers[verifier].runs += 1
        verifiers[verifier].process = VerifierProcess(
            id: flaw == .keepsNameAcrossRestart ? Identifier(high: 0, low: UInt64(verifier)) : name,
            home: random.index(below: nodes.count), leaseMilliseconds: lease, isFickle: random.percent(weather.fickle),
            leewayMilliseconds: random.percent(50) ? 0 : Bounds.verifierLeewayMilliseconds,
            hastyPatience: isHasty ? span(1, 60) : nil)
        tell("verifier \(verifier + 1) starts")
        plan(.asks, at: verifier, in: random.span(.microseconds(0), .milliseconds(2)))
    }

    /// Accepts nothing from here on, and only then says so; the process goes on for a moment.
    mutating func stopCleanly(_ verifier: Int, _ process: VerifierProcess) {
        tell("verifier \(verifier + 1) is told to stop")
        process.isStopping = true
        if flaw != .handsBackBeforeStopping { process.state.stop() }
        send(.handedBack(process.state.id), from: verifier, to: process.home)
        plan(.stopsAtLast, at: verifier, in: span(1, 60))
    }

    private mutating func stop(_ verifier: Int, _ process: VerifierProcess) {
        tell("verifier \(verifier + 1) has stopped")
        verifiers[verifier].process = nil
        plan(.verifierStarts(verifier), in: span(5, 500))
    }

    // MARK: Following

    private mutating func ask(_ verifier: Int, _ process: VerifierProcess) {
        guard !process.isStopping else { return }
        process.polls += 1
        process.isWaiting = true
        if process.isFickle, !isCalm, random.percent(30) {
            process.leaseMilliseconds = random.number(weather.wantedLeases)
        }
        if !isCalm, random.percent(weather.moves) { move(process) }
        let reading = verifiers[verifier].read(at: now)
        let poll = Poll(
            verifier: verifier, node: process.home, run: verifiers[verifier].runs, number: process.polls,
            asked: reading, askedAt: now, message: message(of: process),
            wait: .milliseconds(max(20, usualLease(of: process) / 3)))
        tell(
            "verifier \(verifier + 1) asks node \(process.home + 1) after \(poll.message.after) (\(reading.words))")
        send(.polled(poll), from: verifier, to: process.home)
        plan(.givesUp(process.polls), at: verifier, in: patience(of: process))
    }

    /// Follows another node from now on, or the same.
    private mutating func move(_ process: VerifierProcess) {
        let home = random.index(below: nodes.count)
        if home != process.home { tally[.moves] += 1 }
        process.home = home
    }

    /// How long a verifier waits for an answer.
    private func patience(of process: VerifierProcess) -> Span {
        if let hasty = process.hastyPatience, !isCalm { return hasty }
        return .milliseconds(usualLease(of: process) * 2 / 3 + 20)
    }

    /// The lease that it will have, or nearly: it does not know the authority's settings, and learns by and by.
    private func usualLease(of process: VerifierProcess) -> Int64 {
        let known = [process.state.lease?.milliseconds, process.leaseMilliseconds].compactMap(\.self)
        return known.min() ?? weather.terms[0].standardMilliseconds
    }

    /// Asks anew, though an answer to what was asked may still come.
    private mutating func giveUp(_ poll: Int, _ verifier: Int, _ process: VerifierProcess) {
        guard poll == process.polls, process.isWaiting else { return }
        tell("verifier \(verifier + 1) gives up waiting")
        tally[.repeatedPolls] += 1
        process.isWaiting = false
        send(.connectionClosed(process.state.id), from: verifier, to: process.home)
        if random.percent(weather.movesAfterSilence) { move(process) }
        plan(.asks, at: verifier, in: span(0, 40))
    }

    private mutating func answered(_ answer: Answer, _ verifier: Int, _ process: VerifierProcess) {
        if answer.poll.number == process.polls, process.isWaiting {
            process.isWaiting = false
            plan(.asks, at: verifier, in: random.span(.microseconds(0), .milliseconds(1)))
        }
        if flaw == .acknowledgesBeforeApplying {
            process.ahead = (answer.message.node, answer.message.through)
            plan(.applies(answer), at: verifier, in: span(1, isCalm ? 20 : 200))
        } else {
            apply(answer, verifier, process)
        }
    }

    private mutating func apply(_ answer: Answer, _ verifier: Int, _ process: VerifierProcess) {
        let reading = verifiers[verifier].read(at: now)
        let asked = flaw == .leaseCountedFromAnswer ? reading : answer.poll.asked
        let held = process.state.revocations.count
        let message = taken(answer.message, by: process.state)
        let isOfUse = process.state.receive(message, asked: asked, at: reading)
        tell("verifier \(verifier + 1) \(isOfUse ? "applies" : "has no use for") the log through \(message.through)")
        guard isOfUse else {
            process.ahead = nil
            tally[.answersOfNoUse] += 1
            return
        }
        tally[.recordsDropped] += max(0, held + message.revocations.count - process.state.revocations.count)
        if message.leaseMilliseconds > 0 {
            process.took(
                Lease(asked: asked, milliseconds: message.leaseMilliseconds), askedAt: answer.poll.askedAt,
                steadySince: verifiers[verifier].clocksSteadySince)
        }
        checker.holds(process.state.revocations.count, by: verifier + 1, wall: reading.wall, at: now)
        showSome(to: verifier, count: 1)
    }
}

extension ClockReading {
    var words: String {
        "its clocks say \(Instant.seconds(milliseconds: moment.milliseconds)) and "
            + Instant.seconds(milliseconds: wall - MachineClock.epoch)
    }
}
