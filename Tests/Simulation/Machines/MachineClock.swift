internal import Settlement

/// The two clocks of one machine, neither of them right.
struct MachineClock {
    /// What the wall clock of a perfect machine says when a run begins: milliseconds since 1970.
    static let epoch: Int64 = 1_800_000_000_000

    /// The monotonic clock is right about nothing but its rate, and about that only nearly: so many millionths too fast.
    private let rate: Int64
    /// At `anchor` it said `monotonic`, in microseconds.
    private var anchor = Instant.start
    private var monotonic: Int64
    /// By how much the wall clock is ahead.
    private(set) var wallError: Span

    init(rate: Int64, monotonicAtStart: Span, wallError: Span) {
        self.rate = rate
        self.monotonic = monotonicAtStart.microseconds
        self.wallError = wallError
    }

    func reading(at now: Instant) -> ClockReading {
        let wall = now.microseconds + wallError.microseconds
        return ClockReading(
            moment: Moment(milliseconds: monotonic(at: now) / 1000),
            wall: Self.epoch + (wall >= 0 ? wall / 1000 : (wall - 999) / 1000))
    }

    /// Somebody, or NTP, sets the wall clock.
    mutating func setWall(error: Span) { wallError = error }

    /// The machine is suspended: the monotonic clock stands still; the wall clock is right again, as far as it ever was, when
    /// the machine goes on.
    mutating func suspend(from start: Instant, until end: Instant) {
        monotonic = monotonic(at: start)
        anchor = end
    }

    /// The first instant at which the monotonic clock says at least `moment`.
    func instant(of moment: Moment) -> Instant {
        let missing = moment.milliseconds * 1000 - monotonic
        guard missing > 0 else { return anchor }
        var instant = anchor + .microseconds(missing * 1_000_000 / (1_000_000 + rate))
        while reading(at: instant).moment < moment { instant = instant + .microseconds(1) }
        return instant
    }

    private func monotonic(at now: Instant) -> Int64 {
        let elapsed = max(0, (now - anchor).microseconds)
        return monotonic + elapsed + elapsed * rate / 1_000_000
    }
}
