internal import Settlement

/// One run: a small world, seen from outside, in which everything that happens follows from one seed.
///
/// True time passes from event to event. Machines have clocks of their own, which are wrong; processes see nothing else. Messages get
/// lost, come late, twice and out of order; processes pause, crash and start anew. After a while the faults end, and then everything
/// must come right.
struct World {
    let flaw: Variant?
    let weather: Weather
    let chronicle: Chronicle
    var random: SplitMix64
    var now = Instant.start
    var queue = EventQueue()
    var store: Store
    var authority: AuthorityMachine
    var verifiers: [VerifierMachine]
    var checker = Checker()
    var tally = Tally()
    var requests = 0
    var isCalm = false
    private var isOver = false

    init(seed: UInt64, flaw: Variant?, chronicle: Chronicle) {
        self.flaw = flaw
        self.chronicle = chronicle
        random = SplitMix64(seed: seed)
        let weather = Weather(&random, for: flaw)
        self.weather = weather
        store = Store(flaw: flaw)
        authority = AuthorityMachine(clock: .random(&random, .authority, weather))
        verifiers = []
        for _ in 0..<weather.verifiers {
            let clock = MachineClock.random(&random, .verifier, weather)
            verifiers.append(VerifierMachine(clock: clock, isSuspendedAtTimes: random.percent(50)))
        }
    }

    /// Lets everything happen, until it is over or an invariant has been broken.
    mutating func run() -> Violation? {
        planBeginning()
        while !isOver, checker.violation == nil, let (at, event) = queue.next() {
            now = at
            tally[.events] += 1
            happens(event)
            if tally[.events] == Self.mostEvents {
                checker.breaks(
                    .progress, "at \(now) \(Self.mostEvents) things have happened: somebody goes round in circles")
            }
        }
        return checker.violation
    }

    /// A run has about a thousand events.
    private static let mostEvents = 100_000

    private mutating func planBeginning() {
        plan(.authorityStarts, in: .milliseconds(0))
        for verifier in verifiers.indices { plan(.verifierStarts(verifier), in: span(0, 50)) }
        plan(.clientsAct, in: span(0, 100))
        plan(.probesCome, in: span(0, 100))
        for _ in 0..<weather.faults { plan(.fault, in: random.span(.milliseconds(100), weather.activeTime)) }
        plan(.calm, in: weather.activeTime)
        plan(.lastSignIn, in: weather.activeTime + weather.quietTime + .milliseconds(-400))
        plan(.end, in: weather.activeTime + weather.quietTime)
    }

    private mutating func happens(_ event: Event) {
        switch event {
        case .clientsAct: clientsAct()
        case .probesCome: probesCome()
        case .fault: faultStrikes()
        case .calm: calmComes()
        case .lastSignIn: for subject in Subject.allCases { ask(.signIn(subject)) }
        case .end:
            everythingHasComeRight()
            isOver = true
        case .authorityStarts: authorityStarts()
        case .authorityGoesOn: authorityGoesOn()
        case .verifierStarts(let verifier): verifierStarts(verifier)
        case .verifierGoesOn(let verifier): verifierGoesOn(verifier)
        case .authority(let run, let what):
            if run != nil, run != authority.runs { return }
            if authority.standsStillUntil == nil { atAuthority(what) } else { authority.backlog.append(event) }
        case .verifier(let verifier, let run, let what):
            guard isSameProcess(verifier, run) else { return }
            let isRunning = verifiers[verifier].standsStillUntil == nil
            if isRunning { atVerifier(verifier, what) } else { verifiers[verifier].backlog.append(event) }
        }
    }

    /// Whether what was meant for one process of a verifier comes to it.
    private func isSameProcess(_ verifier: Int, _ run: Int) -> Bool {
        verifiers[verifier].runs == run || flaw == .keepsNameAcrossRestart
    }

    // MARK: Tools

    mutating func plan(_ event: Event, in span: Span) { queue.plan(event, at: now + span) }

    /// A span between so many milliseconds and so many, to the microsecond.
    mutating func span(_ least: Int64, _ most: Int64) -> Span { random.span(.milliseconds(least), .milliseconds(most)) }

    func tell(_ words: @autoclosure () -> String) { chronicle.tell(now, words()) }
}
