internal import Logging
public import ServiceLifecycle
internal import Settlement
internal import Synchronization

extension TokenVerifier: Service {
    /// Follows the feed until the service is told to stop; then gives the lease back.
    ///
    /// It does not throw for an authority that cannot be reached: it goes on trying. Afterwards ``authority`` answers no more.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.keepTime() }
                switch self.configuration.mode {
                case .feed(let lease, _): await self.follow(lease)
                case .introspection: await self.rest()
                }
                group.cancelAll()
            }
        }
        await stop()
        await authority.close()
    }

    /// Returns once there is a lease, so that a server can wait for it before it takes requests; at once where the feed is not
    /// followed.
    ///
    /// Throws when the task is cancelled.
    public func untilLive() async throws {
        guard case .feed = configuration.mode else { return }
        while !state.withLock({ $0.follower.hasLease(at: environment.reading()) || $0.isStopped }) {
            try await environment.clock.sleep(for: .milliseconds(10))
        }
    }

    /// How it is doing.
    public var status: VerifierStatus { state.withLock { $0.status(at: environment.reading()) } }

    // MARK: Polling

    /// What a poll has brought.
    enum Progress { case news, lease, nothing }

    private func follow(_ lease: Duration?) async {
        var pause = Pause()
        var hasFailed = false
        while !Task.isCancelled {
            var progress = Progress.nothing
            var retryAfter: Duration?
            let third = third
            // Without a lease, or after a poll that has failed, what matters is to get one.
            let wait = hasFailed ? .zero : third ?? .zero
            let took = await environment.clock.measure {
                do throws(AuthorityFailure) {
                    progress = try await poll(lease?.milliseconds, wait: wait, grace: third.map { $0 / 2 })
                } catch {
                    if case .unavailable(let after) = error { retryAfter = after }
                    if !Task.isCancelled { note(error) }
                }
            }
            hasFailed = progress == .nothing
            switch progress {
            case .news: pause.reset()
            case .lease:
                pause.reset()
                // An authority that holds no poll is not asked all the time.
                if took < wait / 2 { try? await environment.clock.sleep(for: wait / 2 - took) }
            case .nothing:
                let pause = pause.next(random: environment.random(), retryAfter: retryAfter)
                try? await environment.clock.sleep(for: pause)
            }
        }
    }

    /// A third of the lease, for which a poll is held, so that one can fail before it runs out; nil without a lease.
    ///
    /// Of a long lease it is less: to ask for longer than the authority holds a poll would be taken for one that it does not hold.
    private var third: Duration? {
        let now = environment.reading()
        return state.withLock { state in
            guard state.follower.hasLease(at: now) else { return nil }
            return state.follower.lease.map { min(.milliseconds($0.milliseconds / 3), Limits.longestPoll) }
        }
    }

    /// Polls once, and takes over what comes.
    ///
    /// To poll again is to say that the answer is applied. So keys that have gone are let go of before that: they are fetched first.
    private func poll(
        _ lease: Int64?, wait: Duration, grace: Duration?
    ) async throws(AuthorityFailure) -> Progress {
        // The lease counts from here, which is before the authority can have granted it.
        let asked = environment.reading()
        let poll = state.withLock { $0.follower.poll(leaseMilliseconds: lease) }
        // While there is a lease to keep, there must be time for another poll; without one, for a long answer.
        let grace = grace.map { max($0, Limits.pollGrace) } ?? Limits.questionTime
        let answer = try await authority.poll(poll, wait: wait, patience: wait + grace)
        let areKeysOld = state.withLock { $0.keysVersion } != answer.keysVersion
        if areKeysOld { try await fetchKeys(version: answer.keysVersion) }
        let progress = apply(answer, asked: asked)
        return areKeysOld && progress == .lease ? .news : progress
    }

    /// Takes over an answer to a poll before which the clocks said `asked`.
    func apply(_ answer: FeedAnswer, asked: ClockReading) -> Progress {
        let now = environment.reading()
        let (before, isOfUse, ended, unpromised, phase, hasLease) = state.withLock { state in
            let before = (phase: state.phase(at: now), node: state.follower.node, applied: state.follower.applied)
            // Between the end of one lease and the next a record can have come and gone.
            let unpromised = state.takeUnpromised(at: now)
            let received = state.receive(answer, asked: asked, at: now)
            state.lastError = nil
            let hasLease = state.follower.hasLease(at: now)
            return (before, received.isOfUse, received.ended, unpromised, state.phase(at: now), hasLease)
        }
        for tell in ended { tell(.ended) }
        for tell in unpromised { tell(.unknown) }
        if before.phase != phase {
            logger.notice("following the authority", metadata: ["applied": "\(answer.through)"])
        }
        guard isOfUse else { return .nothing }
        if before.node != answer.node || before.applied < answer.through { return .news }
        // A lease that has ended on the way is none.
        return hasLease && answer.leaseMilliseconds > 0 ? .lease : .nothing
    }

    private func note(_ error: AuthorityFailure) {
        let isNew = state.withLock { state in
            defer { state.lastError = "\(error)" }
            state.pollErrors += 1
            return state.lastError != "\(error)"
        }
        if isNew { logger.warning("cannot follow the authority", metadata: ["error": "\(error)"]) }
    }

    // MARK: Time

    /// Tells those who wait when the lease has ended, and keeps the gauges and the cache in order.
    private func keepTime() async {
        var wasLive = false
        while !Task.isCancelled {
            let now = environment.reading()
            let (status, counts, unpromised) = state.withLock { state in
                state.dropExpiredTokens(at: now)
                return (state.status(at: now), state.counts, state.takeUnpromised(at: now))
            }
            for tell in unpromised { tell(.unknown) }
            metrics.tell(status, counts)
            if wasLive, status.state == .lapsed {
                logger.warning(
                    "the lease has ended: nothing is accepted from memory",
                    metadata: ["error": "\(status.lastError ?? "none")"])
            }
            wasLive = status.state == .live
            // Not a moment later than the lease ends.
            let left = max(status.leaseLeft ?? Limits.tick, .milliseconds(1))
            try? await environment.clock.sleep(for: min(left, Limits.tick))
        }
    }

    private func rest() async {
        while (try? await environment.clock.sleep(for: .seconds(3600))) != nil {}
    }

    /// From here on nothing is accepted from memory; only then is the lease given back.
    private func stop() async {
        let (id, tells) = state.withLock { ($0.follower.id, $0.stop()) }
        for tell in tells { tell(.unknown) }
        let now = environment.reading()
        state.withLock { state in metrics.tell(state.status(at: now), state.counts) }
        guard case .feed = configuration.mode, !Task.isCancelled else { return }
        do throws(AuthorityFailure) {
            try await authority.handBack(id)
            logger.notice("the lease is given back")
        } catch {
            logger.warning("the lease could not be given back", metadata: ["error": "\(error)"])
        }
    }
}
