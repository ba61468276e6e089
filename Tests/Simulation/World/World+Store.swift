internal import Settlement

/// Calls to the store: each is lost, slow or answered, and what it does is done at one moment.
extension World {
    /// Plans a call whose arguments have just been read: the process may stand still before it is sent.
    @discardableResult
    mutating func callStore(_ process: NodeProcess, _ what: StoreCall.What) -> StoreCall {
        let call = StoreCall(.node(process.machine, run: nodes[process.machine].runs), what)
        plan(.calls(call), at: process, in: random.span(.microseconds(0), .microseconds(500)))
        return call
    }

    mutating func call(_ call: StoreCall) {
        plan(answered(call, nil), in: weather.storePatience)
        if case .node(let node, _) = call.caller, now < nodes[node].cutToStore {
            if nodes[node].isRefused { plan(answered(call, nil), in: wayFromStore()) }
            return
        }
        if !isCalm, random.percent(weather.storeLost) { return }
        plan(.store(call), in: wayToStore(call.what))
    }

    private func answered(_ call: StoreCall, _ answer: StoreAnswer?) -> Event {
        switch call.caller {
        case .node(let node, let run): .node(node, run: run, .storeAnswers(call, answer))
        case .command(let command): .command(command, .storeAnswers(call, answer))
        }
    }

    private mutating func wayToStore(_ what: StoreCall.What) -> Span {
        guard !isCalm, random.percent(weather.storeSlow) else {
            return random.span(.microseconds(100), .milliseconds(4))
        }
        if case .commit = what { return span(5, Bounds.slowCommit) }
        return random.percent(70) ? span(5, 200) : span(200, 2500)
    }

    /// A call has come to the store, whether somebody still waits for it or not.
    mutating func atStore(_ call: StoreCall) {
        guard now >= storeBrokenUntil else { return plan(answered(call, nil), in: wayFromStore()) }
        guard let answer = execute(call) else { return plan(.store(call), in: betweenSteps(call)) }
        call.executedAt = now
        if case .node(let node, _) = call.caller, now < nodes[node].cutFromStore { return }
        if !isCalm, random.percent(weather.storeLost) { return }
        plan(answered(call, answer), in: wayFromStore())
    }

    private mutating func wayFromStore() -> Span {
        guard !isCalm, random.percent(weather.storeSlow) else {
            return random.span(.microseconds(100), .milliseconds(4))
        }
        return random.percent(70) ? span(5, 200) : span(200, 1500)
    }

    private mutating func betweenSteps(_ call: StoreCall) -> Span {
        if case .renew = call.what, !isCalm { return span(5, 60) }
        return isCalm || random.percent(80) ? random.span(.microseconds(50), .milliseconds(8)) : span(8, 80)
    }

    /// Does a call, or a first step of it.
    private mutating func execute(_ call: StoreCall) -> StoreAnswer? {
        switch call.what {
        case .commit(let requests):
            for request in requests { commit(request) }
            notify()
        case .renew(let renewal): return renew(renewal, call)
        case .note(let seq, let id): store.nodes.note(settledThrough: seq, of: id)
        case .remove(let node):
            tally[.nodesRemoved] += 1
            store.nodes.remove(node)
        case .look: return .nodes(flaw == .looksAtStandby ? standby.rows : store.nodes.rows)
        case .readTail(let after, let head):
            let page = store.page(after: after, limit: 1000, head: max(head, store.head))
            return .records(page.records, through: page.through)
        case .read(_, let after):
            guard let head = call.head else {
                call.head = store.head
                return nil
            }
            let page = store.page(after: after, limit: weather.page, head: head)
            return .records(page.records, through: page.through)
        }
        return .done
    }

    /// A renewal writes the row and reads the head, and no commit comes between.
    private mutating func renew(_ renewal: Renewal, _ call: StoreCall) -> StoreAnswer? {
        if flaw == .renewsInTwoSteps, call.head == nil {
            call.head = store.head
            return nil
        }
        if call.isOver { tally[.renewalsTooLate] += 1 }
        store.nodes.write(renewal.row, flaw)
        let head = flaw == .renewsFromStandby ? standby.head : call.head ?? store.head
        return .renewed(head: head, store.nodes.rows)
    }

    /// An answer has come to a node, or its patience is at its end.
    mutating func storeAnswers(_ call: StoreCall, _ answer: StoreAnswer?, _ process: NodeProcess) {
        guard !call.isOver else { return }
        call.isOver = true
        let answer = arrived(call, answer)
        switch (call.what, answer) {
        case (.commit(let requests), _): flushed(requests, answer, process)
        case (.renew(let renewal), _): renewed(renewal, answer, process)
        case (.note, _): process.isNoting = false
        case (.look(let look), .nodes(let rows)):
            process.isLooking = false
            looked(look, rows, process)
        case (.look, _): process.isLooking = false
        case (.read(let poll, let after), .records(let records, let through)):
            hasRead(poll, after: after, records, through: through, process)
        case (.read(let poll, _), _): refuse(poll)
        case (.readTail, _):
            process.isReadingTail = false
            if case .records(_, let through) = answer { hasReadTail(through: through, process) }
        case (.remove, _): break
        }
    }

    /// An answer that was under way when the connections broke has not come.
    func arrived(_ call: StoreCall, _ answer: StoreAnswer?) -> StoreAnswer? {
        guard let executedAt = call.executedAt, executedAt < storeBrokeAt else { return answer }
        return nil
    }
}
