internal import Logging
internal import Settlement
internal import Synchronization

/// What ``OutboxDispatcher`` does again and again, and when it has done it last.
struct OutboxRound {
    let dispatcher: OutboxDispatcher
    private var renewAt: Moment?
    private var reloadAt: Moment?
    private var noteAt: Moment?
    private var sweepAt: Moment?
    private var lookAroundAt: Moment?

    init(dispatcher: OutboxDispatcher) { self.dispatcher = dispatcher }

    private var store: any OutboxStore { dispatcher.store }
    private var environment: Environment { dispatcher.authority.environment }

    /// Looks at what has come since, and gives the requests to make now, with the term that they belong to.
    mutating func pass() async throws(AuthorityError) -> [(Dispatch, Int)] {
        guard try await holdsClaim() else { return [] }
        try await reload()
        let isNeeded = dispatcher.state.withLock { $0.outbox?.isNeeded ?? false }
        if isNeeded {
            try await readNews()
            try await readForThoseBehind()
        }
        try await note()
        // Last of all, because what is made here counts as under way.
        let now = environment.now()
        let looksAround = isTimeToLookAround()
        return dispatcher.state.withLock { state in
            if looksAround { state.outbox?.lookAround(at: now) }
            let term = state.term
            return (state.outbox?.next(at: now) ?? []).map { ($0, term) }
        }
    }

    /// Whether it is time to see whose pause is over: whoever has something new, or an answer, has a turn without that, and a pass
    /// follows on every answer.
    private mutating func isTimeToLookAround() -> Bool {
        let moment = environment.moment()
        if let lookAroundAt, moment < lookAroundAt { return false }
        lookAroundAt = moment + Limits.outboxGrain.milliseconds
        return true
    }

    /// Whether this node is the one that delivers; asked for again in time.
    private mutating func holdsClaim() async throws(AuthorityError) -> Bool {
        let moment = environment.moment()
        let holds = dispatcher.state.withLock { $0.outbox != nil }
        if let renewAt, moment < renewAt { return holds }
        let now = environment.now()
        let isOurs = try await store.claimOutbox(by: dispatcher.node, until: now + Limits.outboxClaim, at: now)
        renewAt = moment + Limits.outboxClaim.milliseconds / 4
        if isOurs, !holds {
            let head = try await store.outboxHead()
            let life = dispatcher.authority.policy.eventLife
            dispatcher.state.withLock { state in
                state.outbox = OutboxState(head: head, life: life)
                state.term += 1
            }
            reloadAt = nil
        } else if !isOurs, holds {
            dispatcher.state.withLock { $0.outbox = nil }
            dispatcher.authority.logger.warning("another node tells of endings now")
        }
        return isOurs
    }

    /// The receivers, about every second.
    private mutating func reload() async throws(AuthorityError) {
        let began = environment.moment()
        if let reloadAt, began < reloadAt { return }
        let receivers = try await store.receivers()
        let wasNeeded = dispatcher.state.withLock { $0.outbox?.isNeeded ?? false }
        if !wasNeeded, receivers.contains(where: { $0.status == .enabled && $0.kind != .eventPoll }) {
            let head = try await store.outboxHead()
            dispatcher.state.withLock { $0.outbox?.begin(at: head) }
        }
        let now = environment.now()
        dispatcher.state.withLock { state in
            state.outbox?.found(receivers, at: now)
            state.hasNews = true
        }
        let took = environment.moment() - began
        reloadAt = began + max(Limits.receiverGrain.milliseconds, took * Int64(Limits.receiverReadingPart))
    }

    /// What has ended since, and what a crowd's ending has left to be told.
    private mutating func readNews() async throws(AuthorityError) {
        let hasNews = dispatcher.state.withLock { state in
            defer { state.hasNews = false }
            return state.hasNews
        }
        guard hasNews else { return }
        do throws(AuthorityError) {
            let moment = environment.moment()
            if sweepAt.map({ moment >= $0 }) ?? true {
                // With a full batch there is more, and with any there may be: it is looked for again soon.
                if try await dispatcher.sweep() > 0 { dispatcher.state.withLock { $0.hasNews = true } }
                sweepAt = moment + Limits.crowdGrain.milliseconds
            }
            while let end = dispatcher.state.withLock({ $0.outbox?.end }) {
                let page = try await store.endedSessions(after: end, limit: Limits.endedSessionsPerRead)
                dispatcher.state.withLock { $0.outbox?.read(page) }
                if page.count < Limits.endedSessionsPerRead { break }
            }
        } catch {
            dispatcher.state.withLock { $0.hasNews = true }
            throw error
        }
    }

    private func readForThoseBehind() async throws(AuthorityError) {
        for _ in 0..<Limits.pagesAtOnce {
            guard let place = dispatcher.state.withLock({ $0.outbox?.behind }) else { return }
            let page = try await store.endedSessions(after: place, limit: Limits.endedSessionsPerRead)
            let isAll = page.count < Limits.endedSessionsPerRead
            dispatcher.state.withLock { $0.outbox?.read(page, after: place, isAll: isAll) }
        }
    }

    private mutating func note() async throws(AuthorityError) {
        let moment = environment.moment()
        if let noteAt, moment < noteAt { return }
        if try await dispatcher.note() { noteAt = moment + Limits.noteGrain.milliseconds }
    }
}
