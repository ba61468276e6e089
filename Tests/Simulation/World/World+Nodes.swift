internal import Settlement

/// The nodes' processes: the shell around ``AuthorityState``, ``NodeState`` and ``PeersState``, which does what they say.
extension World {
    mutating func atNode(_ node: Int, _ event: NodeEvent) {
        guard let process = nodes[node].process else {
            if case .polled(let poll) = event { refuse(poll) }
            return
        }
        // Most calls have been answered long before patience ends.
        if case .storeAnswers(let call, nil) = event, call.isOver { return }
        switch event {
        case .asked(let request): takes(request, process)
        case .commitsAlone(let request): commitsAlone(request, process)
        case .hears(let seq): hears(through: seq, process)
        case .polled(let poll): polled(poll, process)
        case .waited(let poll): waited(poll, process)
        case .secured(let poll, let after): answer(poll, after: after, process)
        case .connectionClosed(let id): connectionClosed(id, process)
        case .handedBack(let id): handedBack(id, process)
        case .calls(let call): self.call(call)
        case .storeAnswers(let call, let answer): storeAnswers(call, answer, process)
        case .looksAtOthers: looksAtOthers(process)
        case .looks: look(process, isTimer: true)
        case .ticks: tick(process)
        case .sweeps: sweep(process)
        case .crashes: nodeCrashes(node)
        case .stopsAtLast: nodeStopsAtLast(process)
        }
        if nodes[node].process === process { keep(process) }
    }

    func reading(of process: NodeProcess) -> ClockReading { nodes[process.machine].clock.reading(at: now) }
    func moment(of process: NodeProcess) -> Moment { reading(of: process).moment }

    /// Plans something for a process, and for none after it.
    mutating func plan(_ event: NodeEvent, at process: NodeProcess, in span: Span) {
        plan(.node(process.machine, run: nodes[process.machine].runs, event), in: span)
    }

    func name(_ process: NodeProcess) -> String { "node \(process.machine + 1)" }

    // MARK: Starting and stopping

    /// A process that starts is a new node.
    mutating func nodeStarts(_ number: Int) {
        guard nodes[number].process == nil else { return }
        guard now >= storeBrokenUntil, now >= nodes[number].cutToStore, now >= nodes[number].cutFromStore else {
            return plan(.nodeStarts(number), in: span(20, 60))
        }
        checker.restarted(with: store)
        let terms = weather.terms[(number + nodes[number].runs) % weather.terms.count]
        let life = weather.tokenLives[nodes[number].runs % weather.tokenLives.count]
        store.note(tokenLife: life, at: nodes[number].clock.reading(at: now).wall)
        let name = nameOfNewNode(number)
        nodes[number].runs += 1
        nodes[number].lastName = name
        let process = NodeProcess(
            machine: number, state: AuthorityState(node: name, head: store.head), node: NodeState(id: name),
            terms: terms)
        nodes[number].process = process
        tell(
            "node \(number + 1) starts, on a log through \(store.head); leases are \(terms.longestMilliseconds) ms at the most"
        )
        plan(.sweeps, at: process, in: span(0, 700))
        plan(.ticks, at: process, in: span(0, 60))
    }

    /// All that is in its memory is gone; what is on its way to the store may come there or not.
    mutating func nodeCrashes(_ number: Int) {
        guard let process = nodes[number].process, nodes[number].standsStillUntil == nil else { return }
        tally[.nodeCrashes] += 1
        tell("node \(number + 1) crashes")
        tally[.commitsUnheard] += Int(store.head - min(store.head, process.state.head))
        nodes[number].process = nil
        plan(.nodeStarts(number), in: random.percent(50) ? span(1, 30) : span(30, 500))
    }

    /// It grants nothing from here on; the process goes on for a moment.
    mutating func nodeIsStopped(_ number: Int) {
        guard let process = nodes[number].process, nodes[number].standsStillUntil == nil, !process.isClosed else {
            return
        }
        tally[.nodesStopped] += 1
        tell("node \(number + 1) is told to stop")
        process.isClosed = true
        for poll in process.held.map(\.poll) + process.securing.map(\.poll) { refuse(poll) }
        (process.held, process.securing, process.endings) = ([], [], [])
        plan(.stopsAtLast, at: process, in: span(1, 60))
    }

    /// It takes its row out of the store, if nobody can hold a lease of it any more.
    private mutating func nodeStopsAtLast(_ process: NodeProcess) {
        _ = process.state.settledThrough(at: moment(of: process))
        if !process.state.hasLeases, let row = process.node.last { callStore(process, .remove(row)) }
        tell("\(name(process)) has stopped")
        nodes[process.machine].process = nil
        plan(.nodeStarts(process.machine), in: span(5, 500))
    }

    // MARK: Now and then

    private mutating func tick(_ process: NodeProcess) {
        plan(.ticks, at: process, in: span(50, 110))
        process.hasFailedToRenew = false
        // In one order, so that a seed always tells the same.
        let gone = process.others.peers.gone(for: weather.silentNode, at: moment(of: process))
        for row in gone.sorted(by: { $0.id.low < $1.id.low }) { callStore(process, .remove(row)) }
        // Correctness never depends on a notification: it looks for itself.
        if random.percent(25) { readTail(process, head: 0) }
    }

    private mutating func sweep(_ process: NodeProcess) {
        store.sweep(at: reading(of: process).wall)
        let moment = moment(of: process)
        process.state.forget(silentSince: moment + -1000, at: moment)
        plan(.sweeps, at: process, in: .milliseconds(700))
    }
}
