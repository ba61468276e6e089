internal import Settlement

/// An application server's machine, with the process on it that has the verifier in it.
struct VerifierMachine {
    var clock: MachineClock
    /// Whether it is suspended at times; if not, its wall clock is set at times.
    ///
    /// Not both: a clock that is set back by just as much as the machine was suspended would hide that.
    let isSuspendedAtTimes: Bool
    var process: VerifierProcess?
    /// How many processes there have been.
    var runs = 0
    /// While nothing runs: until when, and what has come meanwhile.
    var standsStillUntil: Instant?
    var backlog: [Event] = []
    /// Until when messages to a node are lost, and messages from it; to all of them, where none is named.
    var cutTo = Instant.start
    var cutFrom = Instant.start
    var cutOff: Int?
    /// A lease that was asked for later than this has not been touched by what its clocks have done.
    private(set) var clocksSteadySince = Instant.start
    private var clocksDisturbedAt = Instant.start
    /// The latest that its wall clock has said to a process.
    private(set) var latestWall = Int64.min

    init(clock: MachineClock, isSuspendedAtTimes: Bool) {
        self.clock = clock
        self.isSuspendedAtTimes = isSuspendedAtTimes
    }

    /// Its clocks come to disagree by so much.
    ///
    /// By little they may disagree and the lease before still count, as it was; so a while has to pass after that.
    mutating func disturbClocks(by span: Span, at now: Instant) {
        let isMuch = max(span, .microseconds(-span.microseconds)) > .milliseconds(50)
        let isFirst = now > clocksDisturbedAt + .milliseconds(3000)
        clocksSteadySince = max(clocksSteadySince, isMuch && isFirst ? now : now + .milliseconds(3000))
        clocksDisturbedAt = now
    }

    /// What a process on it reads.
    mutating func read(at now: Instant) -> ClockReading {
        let reading = clock.reading(at: now)
        latestWall = max(latestWall, reading.wall)
        return reading
    }
}
