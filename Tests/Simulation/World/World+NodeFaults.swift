internal import Settlement

/// What goes wrong with nodes, and between them and the store.
extension World {
    mutating func nodeStandstill() -> Span { random.span(.milliseconds(5), weather.walls.nodeStandsStill) }

    mutating func nodeClockIsSet(_ node: Int) {
        guard !nodes[node].isSuspendedAtTimes else { return }
        tally[.wallClocksSet] += 1
        nodes[node].clock.setWall(error: MachineClock.wallError(&random, .authority, weather))
        tell("node \(node + 1)'s wall clock is set, to be \(nodes[node].clock.wallError.words) ahead")
    }

    mutating func nodeStandsStill(_ node: Int, isSuspended: Bool, for span: Span) {
        guard nodes[node].process != nil, nodes[node].standsStillUntil == nil else { return }
        let isSuspended = isSuspended && nodes[node].isSuspendedAtTimes
        tally[isSuspended ? .suspensions : .pauses] += 1
        let end = min(now + span, .start + weather.activeTime)
        if isSuspended {
            nodes[node].clock.suspend(from: now, until: end)
            // Its connections may break, and not come back at once.
            if random.percent(40) { cut(node, until: end + random.span(.milliseconds(20), .milliseconds(1500))) }
        }
        nodes[node].standsStillUntil = end
        tell("node \(node + 1) \(isSuspended ? "is suspended, with its machine," : "is paused") until \(end)")
        plan(.nodeGoesOn(node), in: end - now)
    }

    mutating func nodeGoesOn(_ node: Int) {
        tell("node \(node + 1) goes on")
        nodes[node].standsStillUntil = nil
        if let process = nodes[node].process {
            // What it could not do meanwhile it does now.
            let moment = moment(of: process)
            for place in process.promises.indices {
                process.promises[place].by = max(process.promises[place].by, moment)
            }
            look(process)
        }
        let backlog = nodes[node].backlog
        nodes[node].backlog = []
        for event in backlog { queue.plan(event, at: now) }
    }

    mutating func nodeIsCutFromStore(_ node: Int) {
        tally[.cutsFromStore] += 1
        cut(node, until: now + span(20, 2500))
    }

    private mutating func cut(_ node: Int, until end: Instant) {
        let direction = random.number(0...2)
        if direction != 1 { nodes[node].cutToStore = max(nodes[node].cutToStore, end) }
        if direction != 0 { nodes[node].cutFromStore = max(nodes[node].cutFromStore, end) }
        nodes[node].isRefused = random.percent(50)
        let what = ["what it asks", "what it is answered", "everything"][Int(direction)]
        tell("node \(node + 1) is cut from the store until \(end): \(what) is lost")
    }

    mutating func storeFailsOver() {
        guard now >= storeBrokenUntil else { return }
        tally[.failovers] += 1
        storeBrokeAt = now
        storeBrokenUntil = now + span(20, 1500)
        tell("the store fails over, and answers nothing until \(storeBrokenUntil)")
    }
}
