internal import Settlement

/// Access tokens are shown to the verifiers: at random moments, and whenever something may just have gone wrong.
extension World {
    mutating func probesCome() {
        plan(.probesCome, in: random.span(.milliseconds(1), weather.betweenProbes + weather.betweenProbes))
        showSome(to: random.index(below: verifiers.count), count: 2)
    }

    /// Shows tokens to every verifier.
    mutating func show(_ tokens: [Int]) {
        for token in tokens {
            for verifier in verifiers.indices { show(token, to: verifier) }
        }
    }

    /// Shows a verifier some of the newest tokens, and some whose end has settled.
    mutating func showSome(to verifier: Int, count: Int) {
        for _ in 0..<count {
            if let token = recent(checker.tokens.count) { show(token, to: verifier) }
            if let place = recent(checker.settledTokens.count) { show(checker.settledTokens[place], to: verifier) }
        }
    }

    /// Shows a verifier all the tokens that it must refuse.
    mutating func showSettled(to verifier: Int) {
        for token in checker.settledTokens.suffix(24) { show(token, to: verifier) }
    }

    private mutating func recent(_ count: Int) -> Int? {
        count == 0 ? nil : count - 1 - random.index(below: min(count, 16))
    }

    /// Shows a token to a verifier, as a request to the application that it is in would.
    mutating func show(_ number: Int, to verifier: Int) {
        guard let process = verifiers[verifier].process, verifiers[verifier].standsStillUntil == nil else { return }
        tally[.tokensShown] += 1
        let token = checker.tokens[number]
        let reading = verifiers[verifier].read(at: now)
        let wall = flaw == .wallSetBackRevives ? reading.wall : process.state.wall(at: reading)
        guard wall < token.expires + process.leewayMilliseconds else { return expired(number, at: verifier) }
        let verdict = process.state.verdict(on: token.claims, at: self.reading(reading, for: process))
        if let seq = token.endedBy, verdict == .live {
            tell("verifier \(verifier + 1) accepts token \(number), which record \(seq) has ended")
        } else if token.endedBy == nil, verdict != .live {
            tell("verifier \(verifier + 1) \(verdict == .over ? "refuses" : "has no lease for") token \(number)")
        }
        if token.endedBy != nil, verdict != .live { tally[.tokensRefused] += 1 }
        checker.verdict(verdict, on: number, by: verifier + 1, at: now)
        if verdict == .unknown, hasUndisturbedLease(verifier, process, reading) {
            checker.refused(number, by: verifier + 1, because: "with a lease that cannot have ended", at: now)
        }
    }

    /// A token may be called expired only if the verifier's wall clock has once been past its expiry.
    private mutating func expired(_ token: Int, at verifier: Int) {
        guard verifiers[verifier].latestWall < checker.tokens[token].expires else { return }
        checker.refused(token, by: verifier + 1, because: "which no clock has called expired", at: now)
    }

    /// Whether a verifier's newest lease cannot have ended, and its clocks have done nothing since that could void it.
    private func hasUndisturbedLease(
        _ verifier: Int, _ process: VerifierProcess, _ reading: ClockReading
    ) -> Bool {
        guard let (lease, askedAt) = process.granted else { return false }
        return !process.isStopping && reading.moment < lease.end && askedAt > verifiers[verifier].clocksSteadySince
    }
}
