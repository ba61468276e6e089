internal import Settlement

extension MachineClock {
    enum Owner { case authority, verifier }

    /// A clock as wrong as the weather makes it.
    static func random(_ random: inout SplitMix64, _ owner: Owner, _ weather: Weather) -> MachineClock {
        let worst = owner == .authority ? Bounds.drift : -Bounds.drift
        let rate = random.number(-Bounds.drift...Bounds.drift)
        return MachineClock(
            rate: weather.isAtTheBoundOfDrift ? worst : rate,
            monotonicAtStart: random.span(.milliseconds(0), .milliseconds(1_000_000)),
            wallError: wallError(&random, owner))
    }

    /// A wall clock's error: mostly small, sometimes all that is allowed.
    static func wallError(_ random: inout SplitMix64, _ owner: Owner) -> Span {
        let milliseconds = { (span: Span) in span.microseconds / 1000 }
        let (behind, ahead) =
            owner == .authority
            ? (milliseconds(Bounds.authorityWall), milliseconds(Bounds.authorityWall))
            : (milliseconds(Bounds.verifierWallBehind), milliseconds(Bounds.verifierWallAhead))
        if random.percent(60) { return .milliseconds(random.number(-50...50)) }
        return .milliseconds(random.percent(50) ? random.number(-behind...0) : random.number(0...ahead))
    }
}
