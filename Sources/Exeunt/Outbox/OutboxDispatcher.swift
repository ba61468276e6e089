internal import Logging
internal import ServiceLifecycle
internal import Settlement
internal import Synchronization

/// Tells receivers of the sessions that have ended: the shell around ``OutboxState``.
///
/// One node at a time does it for all. What it has done is noted a little later, so a crash repeats, and loses nothing. It takes its time: a
/// sign-out never waits for it, and all of its work is done when nothing more urgent is to be done.
package final class OutboxDispatcher: Service {
    struct Guarded {
        /// Nil while another node does it.
        var outbox: OutboxState?
        /// Counts up with each claim, so that what was begun under an earlier one is let go of.
        var term = 0
        var hasNews = true
        var delivered: UInt64 = 0
        var givenUp: UInt64 = 0
    }

    let authority: Authority
    let store: any OutboxStore
    let clock: any Clock<Duration>
    let node: Identifier
    let state = Mutex(Guarded())
    /// Clears away what the ending of a crowd has left; says how many rows went.
    let sweep: @Sendable () async throws(AuthorityError) -> Int
    private let heads: @Sendable () -> AsyncStream<UInt64>
    private let http: any OutgoingHTTP
    private let bell = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// A dispatcher that begins once it is run; it looks at the outbox when the head of the log moves, and now and then.
    package init(
        authority: Authority, store: any OutboxStore, heads: @escaping @Sendable () -> AsyncStream<UInt64>,
        http: any OutgoingHTTP, clock: any Clock<Duration>,
        sweep: @escaping @Sendable () async throws(AuthorityError) -> Int
    ) {
        self.authority = authority
        self.store = store
        self.heads = heads
        self.http = http
        self.clock = clock
        self.sweep = sweep
        node = authority.environment.identifier()
    }

    // MARK: Looking on

    /// How it goes here; nothing is pending while another node does it.
    package var standing: OutboxState.Standing {
        state.withLock { $0.outbox?.standing ?? OutboxState.Standing() }
    }

    /// Since the start.
    package var counts: (delivered: UInt64, givenUp: UInt64) { state.withLock { ($0.delivered, $0.givenUp) } }

    // MARK: Running

    package func run() async throws {
        let (dispatches, continuation) = AsyncStream.makeStream(of: (Dispatch, Int).self)
        await withDiscardingTaskGroup { group in
            group.addTask {
                await cancelWhenGracefulShutdown {
                    await withTaskExecutorPreference(PatientExecutor.shared) {
                        await withDiscardingTaskGroup { group in
                            group.addTask { await self.listen() }
                            group.addTask { await self.keepTime() }
                            await self.drive(into: continuation)
                            group.cancelAll()
                        }
                    }
                }
                continuation.finish()
            }
            for await (dispatch, term) in dispatches {
                group.addTask(executorPreference: PatientExecutor.shared, priority: .background) {
                    await self.make(dispatch, in: term)
                }
            }
            await drain()
            group.cancelAll()
        }
        await leave()
    }

    private func listen() async {
        for await _ in heads() {
            state.withLock { $0.hasNews = true }
            bell.continuation.yield()
        }
    }

    private func keepTime() async {
        while (try? await clock.sleep(for: Limits.outboxGrain)) != nil { bell.continuation.yield() }
    }

    private func drive(into requests: AsyncStream<(Dispatch, Int)>.Continuation) async {
        var round = OutboxRound(dispatcher: self)
        var trouble: AuthorityError?
        bell.continuation.yield()
        for await _ in bell.stream {
            do throws(AuthorityError) {
                for (dispatch, term) in try await round.pass() { requests.yield((dispatch, term)) }
                if trouble != nil { authority.logger.notice("endings can be told again") }
                trouble = nil
            } catch {
                if Task.isCancelled { break }
                if trouble != error {
                    authority.logger.error("cannot tell of endings", metadata: ["error": "\(error)"])
                }
                trouble = error
                try? await clock.sleep(for: Limits.noteGrain)
            }
        }
    }

    /// Lets the requests under way end, if they do so soon.
    private func drain() async {
        let until = authority.environment.moment() + Limits.deliveryDrain.milliseconds
        while state.withLock({ $0.outbox?.standing.underWay ?? 0 }) > 0, authority.environment.moment() < until {
            guard (try? await Task.sleep(for: Limits.leaseGrain)) != nil else { return }
        }
    }

    /// Notes what is not noted yet, and lets another node go on.
    private func leave() async {
        guard state.withLock({ $0.outbox != nil }) else { return }
        do throws(AuthorityError) {
            while try await note(isLast: true) {}
            let now = authority.environment.now()
            _ = try await store.claimOutbox(by: node, until: now, at: now)
        } catch {
            authority.logger.warning(
                "cannot note who has been told of what; some are told again", metadata: ["error": "\(error)"])
        }
    }

    // MARK: Telling

    private func make(_ dispatch: Dispatch, in term: Int) async {
        let verdict = await authority.tell(dispatch, through: http)
        // Whoever was cut off while we stop is told again.
        if Task.isCancelled, verdict != .taken { return }
        let chance = authority.environment.chance()
        let now = authority.environment.now()
        let turn = state.withLock { state -> OutboxState.Turn? in
            guard state.term == term else { return nil }
            if verdict == .taken, case .ended = dispatch.what { state.delivered += 1 }
            return state.outbox?.answered(dispatch, verdict, at: now, chance: chance)
        }
        bell.continuation.yield()
        if let turn { await took(turn, dispatch.receiver, verdict) }
    }

    private func took(_ turn: OutboxState.Turn, _ receiver: Receiver, _ verdict: DeliveryVerdict) async {
        let metadata: Logger.Metadata = ["receiver": "\(receiver.id)", "kind": "\(receiver.kind.rawValue)"]
        switch turn {
        case .fails:
            authority.logger.warning(
                "a receiver cannot be told of endings",
                metadata: metadata.merging(["why": "\(verdict.why ?? "")"]) { $1 })
        case .worksAgain: authority.logger.notice("a receiver is told of endings again", metadata: metadata)
        case .isGone(let why):
            authority.logger.warning(
                "a receiver is gone and is disabled", metadata: metadata.merging(["why": "\(why)"]) { $1 })
            var disabled = receiver
            disabled.status = .disabled
            disabled.statusReason = why
            // Should it fail, the receiver is asked again, and says so again.
            _ = try? await store.update(disabled, at: authority.environment.now(), by: .authority)
        }
    }
}

extension Environment {
    /// A number from 0 to 1.
    func chance() -> Double {
        Double(randomBytes(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }) / Double(UInt32.max)
    }
}
