package import Logging
internal import ServiceLifecycle
internal import Settlement
internal import Synchronization

/// Reads the log as it grows and tells those who follow it, and whoever watches a session that has ended.
///
/// It learns of endings from the log alone, so it tells of what any process committed, and of nothing that was not.
package final class RevocationFeed: Service {
    /// What somebody hears who watches a session.
    package enum Event: Sendable {
        /// Nothing has happened for ``Limits/heartbeat``.
        case stillLive
        case ended(EndingReason)
    }

    private struct State {
        var watchers = SessionWatchers()
        var continuations: [UInt64: AsyncStream<Event>.Continuation] = [:]
        var isClosed = false
    }

    private let store: any AuthorityStore
    private let followers: Followers
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let start: UInt64
    private let state = Mutex(State())

    /// A feed that tells of everything that is committed from now on.
    package init(
        store: any AuthorityStore, followers: Followers, clock: any Clock<Duration>, logger: Logger
    ) async throws(AuthorityError) {
        self.store = store
        self.followers = followers
        self.clock = clock
        self.logger = logger
        self.start = followers.logEnd
    }

    /// How many streams are open.
    package var watcherCount: Int { state.withLock { $0.watchers.count } }

    /// A stream that gives the reason when `session` ends, and then finishes; it also finishes when the feed stops.
    ///
    /// What was committed before the call is not told: ask the store after it. Throws `overloaded` beyond
    /// ``Limits/eventStreams``.
    package func watch(_ session: Session) throws(AuthorityError) -> AsyncStream<Event> {
        // The newest, so that an end takes the place of a heartbeat that nobody has fetched.
        let (stream, continuation) = AsyncStream.makeStream(
            of: Event.self, bufferingPolicy: .bufferingNewest(Limits.eventsPerStream))
        let id: UInt64? = state.withLock { state in
            guard !state.isClosed, state.watchers.count < Limits.eventStreams else { return nil }
            let id = state.watchers.add(session)
            state.continuations[id] = continuation
            return id
        }
        guard let id else { throw .overloaded }
        continuation.onTermination = { [weak self] _ in self?.forget(id) }
        return stream
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.beat() }
                await self.follow()
                group.cancelAll()
            }
        }
        close()
    }

    private func follow() async {
        // Listening comes first, so that nothing is committed between the first reading and the waiting.
        let heads = store.heads()
        var applied = await tell(after: start, through: start)
        for await head in heads where head > applied { applied = await tell(after: applied, through: head) }
    }

    /// One clock for all streams: a task for each would be most of what a stream costs.
    private func beat() async {
        while (try? await clock.sleep(for: Limits.heartbeat)) != nil {
            for continuation in state.withLock({ Array($0.continuations.values) }) { continuation.yield(.stillLive) }
        }
    }

    /// Tells of everything that the log has after `applied`, through `head` at the least, and gives the newest told.
    ///
    /// While the log cannot be read it tries again, until it is told to stop.
    private func tell(after applied: UInt64, through head: UInt64) async -> UInt64 {
        var applied = applied
        while !Task.isCancelled {
            do {
                let isLittle = head < applied + UInt64(Limits.freshRevocations)
                let limit = isLittle ? Limits.freshRevocations : Limits.revocationsPerRead
                let records = try await store.log(after: applied, limit: limit)
                let isAll = records.count < limit
                // What is not there any more, though it is not after the head, has outlived every token.
                applied = max(records.last?.revocation.seq ?? applied, isAll ? head : 0)
                followers.committed(records.map(\.revocation), through: applied)
                for record in records { tell(record) }
                if isAll { break }
            } catch {
                if Task.isCancelled { break }
                logger.error("cannot read the log of revocations", metadata: ["error": "\(error)"])
                try? await clock.sleep(for: .milliseconds(200))
            }
        }
        return applied
    }

    private func tell(_ record: LoggedRevocation) {
        let continuations = state.withLock { state in
            state.watchers.ended(by: record.revocation).compactMap { id in
                state.watchers.remove(id)
                return state.continuations.removeValue(forKey: id)
            }
        }
        for continuation in continuations {
            continuation.yield(.ended(record.reason))
            continuation.finish()
        }
    }

    private func forget(_ id: UInt64) {
        state.withLock { state in
            state.watchers.remove(id)
            state.continuations[id] = nil
        }
    }

    private func close() {
        let continuations = state.withLock { state in
            state.isClosed = true
            state.watchers = SessionWatchers()
            defer { state.continuations = [:] }
            return Array(state.continuations.values)
        }
        for continuation in continuations { continuation.finish() }
    }
}
