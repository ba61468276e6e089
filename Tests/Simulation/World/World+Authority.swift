internal import Settlement

/// The authority's process: the shell around ``AuthorityState``, which does what the state says.
extension World {
    mutating func atAuthority(_ event: AuthorityEvent) {
        guard let process = authority.process else {
            if case .polled(let poll) = event { refuse(poll) }
            return
        }
        switch event {
        case .asked(let request): takes(request, process)
        case .flushed: flushed(process)
        case .commitsAlone(let request): commitsAlone(request)
        case .hears(let seq): hears(through: seq, process)
        case .polled(let poll): polled(poll, process)
        case .promised(let poll): promised(poll, process)
        case .waited(let poll): waited(poll, process)
        case .read(let poll, let after, let head): hasRead(poll, after: after, head: head, process)
        case .connectionClosed(let id): connectionClosed(id, process)
        case .handedBack(let id): handedBack(id, process)
        case .crashes: authorityCrashes()
        case .looks: look(process, isTimer: true)
        case .sweeps: sweep(process)
        }
    }

    /// What the authority's monotonic clock says.
    var authorityMoment: Moment { authority.clock.reading(at: now).moment }
    var authorityWall: Int64 { authority.clock.reading(at: now).wall }

    /// Plans something for the process that runs now, and for none after it.
    mutating func planAtAuthority(_ event: AuthorityEvent, in span: Span) {
        plan(.authority(run: authority.runs, event), in: span)
    }

    // MARK: Requests and commits

    /// Requests that come while a flush is under way share the next one.
    private mutating func takes(_ request: Request, _ process: AuthorityProcess) {
        var request = request
        request.wall = authorityWall
        if takesWithFlaw(&request) { return }
        process.waiting.append(request)
        if process.flushing.isEmpty { startFlush(process) }
    }

    private mutating func startFlush(_ process: AuthorityProcess) {
        guard !process.waiting.isEmpty else { return }
        swap(&process.waiting, &process.flushing)
        if process.crashPoint == .inFlush {
            return planAtAuthority(.crashes, in: random.span(.microseconds(0), .milliseconds(5)))
        }
        let isQuick = random.percent(90)
        planAtAuthority(.flushed, in: isQuick ? random.span(.microseconds(200), .milliseconds(8)) : span(8, 50))
    }

    private mutating func flushed(_ process: AuthorityProcess) {
        commitFlush(process)
        if process.crashPoint == .afterFlush { return authorityCrashes() }
        let isLate = !isCalm && random.percent(weather.heardLate)
        let delay = isLate ? span(5, 400) : random.span(.microseconds(0), .milliseconds(2))
        planAtAuthority(.hears(through: store.head), in: delay)
        startFlush(process)
    }

    /// What is in the flush is on the disk.
    mutating func commitFlush(_ process: AuthorityProcess) {
        for request in process.flushing {
            commit(request)
            if case .logout = request.act { process.unanswered.append(request.number) }
        }
        process.flushing = []
    }

    /// The process is told how long the log is, answers who asked for it, and wakes who waits for news.
    private mutating func hears(through seq: UInt64, _ process: AuthorityProcess) {
        let answerable = process.unanswered.prefix { store.seq(of: $0).map { $0 <= seq } ?? false }
        for request in answerable { checker.answered(request) }
        process.unanswered.removeFirst(answerable.count)
        guard seq > process.tailEnd else { return }
        tell("the authority hears of the log through \(seq)")
        process.state.committed(through: seq)
        promise(process.tailEnd + 1...seq, process)
        process.tailEnd = seq
        look(process)
        let held = process.held
        process.held = []
        for poll in held { answer(poll.poll, after: poll.after, process) }
    }

    // MARK: Polls

    private mutating func polled(_ poll: Poll, _ process: AuthorityProcess) {
        if process.lease(for: poll) > process.longestLease {
            // The disk has it first, so that a later start waits for it.
            planAtAuthority(.promised(poll), in: span(0, 10))
        } else {
            admit(poll, process)
        }
    }

    private mutating func promised(_ poll: Poll, _ process: AuthorityProcess) {
        let lease = process.lease(for: poll)
        store.promise(leaseMilliseconds: lease)
        process.longestLease = max(process.longestLease, lease)
        admit(poll, process)
    }

    private mutating func admit(_ poll: Poll, _ process: AuthorityProcess) {
        let after = process.state.polled(poll.message, at: authorityMoment)
        look(process)
        _ = process.takeHeld(of: poll.message.follower)
        if poll.message.node != process.state.node || process.tailEnd > after {
            return answer(poll, after: after, process)
        }
        process.held.append(.init(poll: poll, after: after))
        planAtAuthority(.waited(poll), in: poll.wait)
    }

    private mutating func waited(_ poll: Poll, _ process: AuthorityProcess) {
        let follower = poll.message.follower
        guard process.held.contains(where: { $0.poll.message.follower == follower && $0.poll.number == poll.number }),
            let held = process.takeHeld(of: follower)
        else { return }
        answer(held.poll, after: held.after, process)
    }

    private mutating func answer(_ poll: Poll, after: UInt64, _ process: AuthorityProcess) {
        // A verifier that has been told from the disk may be ahead of what the process has heard.
        let through = max(after, process.tailEnd)
        if after >= process.tailStart, through - after <= UInt64(weather.page) {
            send(store.records(after: after, through: through), after: after, through: through, on: poll, process)
        } else {
            let event = AuthorityEvent.read(poll, after: after, head: store.head)
            planAtAuthority(event, in: random.span(.microseconds(100), .milliseconds(20)))
        }
    }

    private mutating func hasRead(_ poll: Poll, after: UInt64, head: UInt64, _ process: AuthorityProcess) {
        let page = store.page(after: after, limit: weather.page, head: head)
        let wall = authorityWall
        send(page.records.filter { $0.until > wall }, after: after, through: page.through, on: poll, process)
    }

    /// Grants the lease, and sends the answer.
    private mutating func send(
        _ records: [Revocation], after: UInt64, through: UInt64, on poll: Poll, _ process: AuthorityProcess
    ) {
        let lease = grant(process.lease(for: poll), to: poll.message.follower, through: through, process)
        let answer = FeedAnswer(
            node: process.state.node, after: after, through: through, revocations: records, leaseMilliseconds: lease,
            keysVersion: "")
        if through < process.state.head { tally[.partialAnswers] += 1 }
        tell("the authority answers verifier \(poll.verifier + 1) \(answer.words)")
        send(Answer(poll: poll, message: answer))
    }

    private mutating func connectionClosed(_ id: Identifier, _ process: AuthorityProcess) {
        _ = process.takeHeld(of: id)
        if flaw == .closedConnectionIsLapsedLease { handedBack(id, process) }
    }

    private mutating func handedBack(_ id: Identifier, _ process: AuthorityProcess) {
        _ = process.takeHeld(of: id)
        process.state.handedBack(by: id)
        look(process)
    }

    private mutating func sweep(_ process: AuthorityProcess) {
        store.sweep(at: authorityWall)
        process.state.forget(silentSince: authorityMoment + -1000, at: authorityMoment)
        planAtAuthority(.sweeps, in: .milliseconds(700))
    }
}

extension FeedAnswer {
    var words: String {
        let count = revocations.count == 1 ? "1 record" : "\(revocations.count) records"
        let lease = leaseMilliseconds == 0 ? "no lease" : "a lease of \(leaseMilliseconds) ms"
        return "with the log after \(after) through \(through), \(count), \(lease)"
    }
}
