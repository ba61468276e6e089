internal import Settlement

/// One run: a small world, seen from outside, in which everything that happens follows from one seed.
///
/// One store, some nodes of the authority on it, and verifiers that follow one node or another. True time passes from event to
/// event. Machines have clocks of their own, which are wrong; processes see nothing else. Messages get lost, come late, twice
/// and out of order; processes pause, crash and start anew. After a while the faults end, and then everything must come right.
struct World {
    let flaw: Variant?
    let weather: Weather
    let chronicle: Chronicle
    var random: SplitMix64
    var now = Instant.start
    var queue = EventQueue()
    var store: Store
    /// What a standby has that lags behind the store.
    var standby: (head: UInt64, rows: [NodeTable.Row]) = (0, [])
    /// While it fails over: since when, and until when.
    var storeBrokeAt = Instant(microseconds: -1)
    var storeBrokenUntil = Instant.start
    var nodes: [NodeMachine]
    var verifiers: [VerifierMachine]
    var commands: [Command] = []
    var checker = Checker()
    var tally = Tally()
    var requests = 0
    var calmSince: Instant?
    private var isOver = false

    init(seed: UInt64, flaw: Variant?, chronicle: Chronicle) {
        self.flaw = flaw
        self.chronicle = chronicle
        random = SplitMix64(seed: seed)
        let weather = Weather(&random, for: flaw)
        self.weather = weather
        store = Store(flaw: flaw, skewMilliseconds: weather.walls.skewMilliseconds)
        (nodes, verifiers) = ([], [])
        for _ in 0..<weather.nodes {
            let clock = MachineClock.random(&random, .authority, weather)
            nodes.append(NodeMachine(clock: clock, isSuspendedAtTimes: random.percent(50)))
        }
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

    /// A run has some thousands of events.
    private static let mostEvents = 100_000

    private mutating func planBeginning() {
        for node in nodes.indices {
            let isLate = node > 0 && random.percent(30)
            plan(.nodeStarts(node), in: node == 0 ? .milliseconds(0) : isLate ? span(200, 2500) : span(0, 50))
        }
        if flaw?.readsStandby == true { plan(.standbyCatchesUp, in: span(0, 300)) }
        for verifier in verifiers.indices { plan(.verifierStarts(verifier), in: span(0, 50)) }
        plan(.clientsAct, in: span(0, 100))
        plan(.probesCome, in: span(0, 100))
        for _ in 0..<weather.faults { plan(.fault, in: random.span(.milliseconds(100), weather.activeTime)) }
        plan(.calm, in: weather.activeTime)
        let lastSignOuts = Span.microseconds(weather.quietTime.microseconds - weather.lastSignOuts.microseconds)
        plan(.lastSignOuts, in: weather.activeTime + lastSignOuts)
        plan(.lastSignIn, in: weather.activeTime + weather.quietTime + .milliseconds(-400))
        plan(.end, in: weather.activeTime + weather.quietTime)
    }

    private mutating func happens(_ event: Event) {
        switch event {
        case .clientsAct: clientsAct()
        case .probesCome: probesCome()
        case .fault: faultStrikes()
        case .calm: calmComes()
        case .lastSignOuts: for node in nodes.indices { ask(.logout(.everywhere(.ada)), at: node) }
        case .lastSignIn: for subject in Subject.allCases { ask(.signIn(subject), at: 0) }
        case .end:
            everythingHasComeRight()
            isOver = true
        case .nodeStarts(let node): nodeStarts(node)
        case .nodeGoesOn(let node): nodeGoesOn(node)
        case .verifierStarts(let verifier): verifierStarts(verifier)
        case .verifierGoesOn(let verifier): verifierGoesOn(verifier)
        case .node(let node, let run, let what):
            if run != nil, run != nodes[node].runs { return }
            if nodes[node].standsStillUntil == nil { atNode(node, what) } else { nodes[node].backlog.append(event) }
        case .verifier(let verifier, let run, let what):
            guard isSameProcess(verifier, run) else { return }
            let isRunning = verifiers[verifier].standsStillUntil == nil
            if isRunning { atVerifier(verifier, what) } else { verifiers[verifier].backlog.append(event) }
        case .command(let command, let what): atCommand(command, what)
        case .store(let call): atStore(call)
        case .standbyCatchesUp:
            standby = (store.head, store.nodes.rows)
            plan(.standbyCatchesUp, in: span(5, 600))
        }
    }

    /// Whether what was meant for one process of a verifier comes to it.
    private func isSameProcess(_ verifier: Int, _ run: Int) -> Bool {
        verifiers[verifier].runs == run || flaw == .keepsNameAcrossRestart
    }

    // MARK: Tools

    var isCalm: Bool { calmSince != nil }

    mutating func plan(_ event: Event, in span: Span) { queue.plan(event, at: now + span) }

    /// A span between so many milliseconds and so many, to the microsecond.
    mutating func span(_ least: Int64, _ most: Int64) -> Span { random.span(.milliseconds(least), .milliseconds(most)) }

    func tell(_ words: @autoclosure () -> String) { chronicle.tell(now, words()) }
}
