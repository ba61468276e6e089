package import Exeunt
package import Logging
internal import RedisLink
internal import ServiceLifecycle
internal import Settlement
internal import Synchronization

/// Mirrors the log into Redis as keys that expire with what they end, for stacks that only speak Redis.
///
/// The log itself is the outbox: it keeps each record for as long as that is of use, and Redis says how much of it is there. So whatever
/// becomes of Redis, nothing is lost; and since records only ever end something, nothing is resurrected. Several authorities over
/// one store may run a mirror each. The layout and the promises are in docs/redis.md.
package final class RedisDenylist: RevocationMirror, Service {
    private let terms: RedisTerms
    private let log: any MirroredLog
    private let environment: Environment
    private let clock: any Clock<Duration>
    private let keysVersion: @Sendable () -> String
    private let logger: Logger
    private let link: MirrorLink
    private let waiters = Mutex(MirrorWaiters())
    private let hasWarned = Mutex<String?>(nil)
    private let bell: AsyncStream<Void>
    private let ring: AsyncStream<Void>.Continuation

    /// A mirror that begins once it is run.
    package init(
        _ terms: RedisTerms, log: any MirroredLog, environment: Environment, clock: any Clock<Duration>,
        keysVersion: @escaping @Sendable () -> String, logger: Logger
    ) {
        self.terms = terms
        self.log = log
        self.environment = environment
        self.clock = clock
        self.keysVersion = keysVersion
        self.logger = logger
        link = MirrorLink(terms.address, keys: terms.keys)
        (bell, ring) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    // MARK: Waiting

    package func deliver(through seq: UInt64, patience: Patience) async -> Delivery {
        let began = environment.moment()
        let until: Moment? =
            switch patience {
            case .untilSettled: nil
            case .atMost(let duration): began + duration.milliseconds
            case .none: began
            }
        let isDone = await withCheckedContinuation { continuation in
            wake(waiters.withLock { $0.hold(seq, until: until, at: began, continuation) })
            ring.yield()
        }
        // A lease that lacks the record was asked for before its commit, so it does not last beyond this.
        return isDone ? .done : .pending(settlesBy: environment.now() + terms.lease + terms.margin)
    }

    private func wake(_ wakings: MirrorWaiters.Wakings) {
        for (continuation, hasCome) in wakings { continuation.resume(returning: hasCome) }
    }

    // MARK: Looking on

    /// How it is doing.
    package var status: MirrorStatus {
        waiters.withLock { waiters in
            MirrorStatus(
                isConnected: waiters.standing == .connected, lag: waiters.lag, deliveredRecords: waiters.records)
        }
    }

    // MARK: Running

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.listen() }
                group.addTask { await self.keepTime() }
                group.addTask { await self.renew() }
                await self.mirror()
                group.cancelAll()
            }
        }
        wake(waiters.withLock { $0.close() })
        link.disconnect()
    }

    private func listen() async {
        for await head in log.heads() {
            waiters.withLock { $0.heard(head: head) }
            ring.yield()
        }
    }

    private func keepTime() async {
        while (try? await clock.sleep(for: Limits.leaseGrain)) != nil {
            wake(waiters.withLock { $0.look(at: environment.moment()) })
        }
    }

    private func renew() async {
        while (try? await clock.sleep(for: terms.lease / 3)) != nil { ring.yield() }
    }

    private func mirror() async {
        var progress = MirrorProgress()
        var hasLooked = false
        var pause = MirrorLimits.firstPause
        ring.yield()
        for await _ in bell {
            do {
                if !hasLooked { progress.found(try await look()) }
                hasLooked = true
                try await catchUp(&progress)
                pause = MirrorLimits.firstPause
                noteCaughtUp()
            } catch {
                if Task.isCancelled { break }
                hasLooked = false
                link.disconnect()
                note(error)
                try? await clock.sleep(for: pause)
                pause = min(pause * 2, MirrorLimits.longestPause)
                ring.yield()
            }
        }
    }

    private func look() async throws -> MirrorCursor? {
        let (cursor, evicts) = try await link.look()
        let before = hasWarned.withLock { warned in
            defer { warned = evicts }
            return warned
        }
        if let evicts, evicts != before {
            logger.warning(
                "Redis may throw revocations away when its memory is full; set maxmemory-policy to noeviction",
                metadata: ["maxmemory_policy": "\(evicts)"])
        }
        return cursor
    }

    /// Brings Redis to the head of the log, and vouches for it.
    private func catchUp(_ progress: inout MirrorProgress) async throws {
        var calls = 0
        while !Task.isCancelled {
            // The lease counts from here, which is before the head is read.
            let began = environment.now()
            let head = try await log.head()
            waiters.withLock { $0.heard(head: head) }
            let limit = MirrorLimits.recordsPerCall
            let page = try await log.records(after: progress.readsAfter, limit: limit)
            let step = progress.next(page, isAll: page.count < limit, head: head, at: began)
            guard case .deliver(let batch) = step else { continue }
            let answer = try await link.deliver(
                batch, keysVersion: keysVersion(), vouchedUntil: began + terms.lease, now: environment.now)
            switch answer {
            case .applied:
                calls = 0
                progress.applied(batch)
                let count = batch.records.count
                wake(waiters.withLock { $0.delivered(through: batch.through.seq, records: count) })
                if batch.reachesHead { return }
            case .hasLapsed: progress.startAgain()
            case .isElsewhere(let cursor): progress.found(cursor)
            case .clockIsOff(let milliseconds): throw MirrorTrouble.clockIsOff(milliseconds: milliseconds)
            }
            calls += 1
            if calls > MirrorLimits.callsWithoutProgress { throw MirrorTrouble.somebodyElse }
        }
    }

    // MARK: Saying so

    private func note(_ error: any Error) {
        // Whoever is told that a delivery is pending finds the reason in the log.
        if waiters.withLock(\.hopes) {
            logger.warning(
                "the mirror in Redis is behind; its checkers refuse once its lease has passed",
                metadata: ["redis": "\(terms.address)", "error": "\(error)"])
        }
        wake(waiters.withLock { $0.lost() })
    }

    private func noteCaughtUp() {
        guard waiters.withLock({ $0.caughtUp() }) else { return }
        logger.notice("the mirror in Redis is caught up", metadata: ["redis": "\(terms.address)"])
    }
}
