internal import Settlement

/// Requests, their commits, and how the nodes hear of them.
extension World {
    /// Requests that come while a flush is under way share the next one.
    mutating func takes(_ request: Request, _ process: NodeProcess) {
        guard !process.isClosed else { return }
        var request = request
        let reading = reading(of: process)
        request.wall = reading.wall
        if takesWithFlaw(&request, process) { return }
        process.waiting.append(Waiting(request: request, since: reading.moment))
        startFlush(process)
    }

    private mutating func startFlush(_ process: NodeProcess) {
        guard !process.isFlushing else { return }
        let earliest = moment(of: process) + -Bounds.longestWait
        let requests = process.waiting.filter { $0.since >= earliest }.map(\.request)
        process.waiting = []
        guard !requests.isEmpty else { return }
        process.isFlushing = true
        callStore(process, .commit(requests))
        if process.crashPoint == .inFlush { plan(.crashes, at: process, in: span(0, 8)) }
    }

    /// What has been committed is answered, and waits until it is settled; or there is no knowing whether it was committed.
    mutating func flushed(_ requests: [Request], _ answer: StoreAnswer?, _ process: NodeProcess) {
        process.isFlushing = false
        if answer == nil {
            tell("\(name(process)) does not hear what has become of its flush")
            tally[.answersOfStoreLost] += 1
        } else if process.crashPoint == .afterFlush {
            return nodeCrashes(process.machine)
        } else {
            for request in requests { committed(request, process) }
        }
        startFlush(process)
    }

    /// A logout is on the disk, and the process knows it.
    mutating func committed(_ request: Request, _ process: NodeProcess) {
        guard case .logout = request.act, let seq = store.seq(of: request.number) else { return }
        checker.answered(request.number)
        knows(through: seq, process)
        guard !process.isClosed else { return }
        process.endings.append(
            Ending(
                seq: seq, since: moment(of: process), look: process.others.peers.nextLook, begunAt: now))
        process.lookPause = .milliseconds(2)
        plan(.looksAtOthers, at: process, in: random.span(.microseconds(0), .milliseconds(1)))
    }

    /// The process has learnt that the log goes through a `seq`.
    mutating func knows(through seq: UInt64, _ process: NodeProcess) {
        let head = process.state.head
        guard seq > head else { return }
        process.state.committed(through: seq)
        promise(head + 1...seq, process)
        look(process)
    }

    // MARK: Hearing of it

    /// Every node is told that the log has grown, soon, late or never.
    mutating func notify() {
        for node in nodes.indices {
            if !isCalm, random.percent(weather.unheard) { continue }
            let isLate = !isCalm && random.percent(weather.heardLate)
            let delay = isLate ? span(5, 400) : random.span(.microseconds(0), .milliseconds(2))
            plan(.node(node, run: nil, .hears(through: store.head)), in: delay)
        }
    }

    mutating func hears(through seq: UInt64, _ process: NodeProcess) {
        if seq > process.tailEnd { readTail(process, head: seq) }
    }

    /// Reads what the log has beyond what the process has in memory.
    mutating func readTail(_ process: NodeProcess, head: UInt64) {
        guard !process.isReadingTail else { return }
        process.isReadingTail = true
        callStore(process, .readTail(after: process.tailEnd, head: head))
    }

    /// The process has the log through a `seq`, and wakes who waits for news.
    mutating func hasReadTail(through seq: UInt64, _ process: NodeProcess) {
        guard seq > process.tailEnd else { return }
        tell("\(name(process)) has the log through \(seq)")
        knows(through: seq, process)
        process.tailEnd = seq
        look(process)
        let held = process.held
        process.held = []
        for poll in held { secure(poll.poll, after: poll.after, process) }
    }
}
