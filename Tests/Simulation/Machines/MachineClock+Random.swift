internal import Settlement

extension MachineClock {
    enum Owner { case authority, verifier }

    /// A clock as wrong as the weather makes it.
    static func random(_ random: inout SplitMix64, _ owner: Owner, _ weather: Weather) -> MachineClock {
        let worst = owner == .authority ? Bounds.drift : -Bounds.drift
        let rate = random.number(-Bounds.drift...Bounds.drift)
        let isAtTheBound = weather.isAtTheBoundOfDrift && (weather.nodes == 1 || random.percent(80))
        return MachineClock(
            rate: isAtTheBound ? worst : rate,
            monotonicAtStart: random.span(.milliseconds(0), .milliseconds(1_000_000)),
            wallError: wallError(&random, owner, weather))
    }

    /// A wall clock's error: mostly small, sometimes all that is allowed.
    static func wallError(_ random: inout SplitMix64, _ owner: Owner, _ weather: Weather) -> Span {
        let walls = weather.walls
        let (behind, ahead) =
            owner == .authority
            ? (walls.authority, walls.authority) : (walls.verifierBehind, walls.verifierAhead)
        if random.percent(walls.isWild ? 20 : 60) { return .milliseconds(random.number(-50...50)) }
        return random.percent(50)
            ? random.span(.microseconds(-behind.microseconds), .milliseconds(0))
            : random.span(.milliseconds(0), ahead)
    }
}
