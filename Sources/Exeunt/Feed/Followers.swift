internal import Logging
internal import ServiceLifecycle
package import Settlement
internal import Synchronization

/// The verifiers that follow the log: the shell around ``AuthorityState``.
///
/// It holds their polls until there is news, and the sign-outs until they are settled, here and at the other nodes of the
/// authority. It decides nothing: the state does.
package final class Followers: Service {
    /// One follower, for whoever operates this.
    package struct Listed: Hashable, Sendable {
        package var standing: AuthorityState.Standing
        package var clientID: String
        /// How long ago it polled, in milliseconds.
        package var polledAgoMilliseconds: Int64
        /// What is left of its lease, in milliseconds; nil when it has none.
        package var leaseLeftMilliseconds: Int64?
        /// How many records it has not acknowledged yet.
        package var behind: UInt64
    }

    let store: any AuthorityStore
    let environment: Environment
    let clock: any Clock<Duration>
    let state: Mutex<FollowersState>
    /// The renewal of this node's lease that is under way.
    let renewing = Mutex<Task<Void, any Error>?>(nil)
    /// Tells the keeper that there may be something for it to do.
    let keeper = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    private let terms: LeaseTerms
    private let keysVersion: @Sendable () -> String
    private let node: Identifier
    private let readings = Mutex<[UInt64: Task<Reading, any Error>]>([:])

    /// The followers of a store's log at a new node: none yet.
    package init(
        store: any AuthorityStore, terms: LeaseTerms, environment: Environment, clock: any Clock<Duration>,
        keysVersion: @escaping @Sendable () -> String
    ) async throws(AuthorityError) {
        self.store = store
        self.terms = terms
        self.environment = environment
        self.clock = clock
        self.keysVersion = keysVersion
        node = environment.identifier()
        let leases = AuthorityState(node: node, head: try await store.head())
        state = Mutex(FollowersState(leases: leases, at: environment.moment()))
    }

    // MARK: Following

    /// The `seq` through which it has been told of the log.
    package var logEnd: UInt64 { state.withLock { $0.tail.end } }

    /// Answers a poll: at once when there is news for it, else when there is, or when it has waited for `wait`.
    ///
    /// Throws `followerElsewhere` when the verifier's name is another client's or it has asked again meanwhile, and `overloaded`
    /// beyond ``Limits/followers`` and when the server stops.
    package func answer(
        _ poll: FeedPoll, of client: String, wait: Duration
    ) async throws(AuthorityError) -> FeedAnswer {
        let lease = terms.granted(poll.leaseMilliseconds)
        let (admission, wakings, hasNews) = state.withLock { state in
            let now = environment.moment()
            let (admission, wakings) = state.admit(poll, of: client, at: now)
            return (admission, wakings, state.hasNews(at: now))
        }
        wake(wakings)
        if hasNews { keeper.continuation.yield() }
        let after = try admission.get()
        // A lease must be renewed while it lasts, so nobody is held for longer than half of one.
        let patience = min(wait, .milliseconds(lease / 2), Limits.longestPoll)
        let isDue = await withCheckedContinuation { continuation in
            let now = environment.moment()
            let until = now + patience.milliseconds
            wake(state.withLock { $0.hold(poll, after: after, until: until, at: now, continuation) })
        }
        guard isDue else { throw state.withLock(\.isClosed) ? .overloaded : .followerElsewhere }
        try await secure(lease)
        return try await answer(poll, after: after, lease: lease)
    }

    /// Takes back the leases of a verifier that has stopped using them; one that is not known is no error.
    package func handBack(_ follower: Identifier, of client: String) {
        wake(state.withLock { $0.handBack(follower, of: client, at: environment.moment()) })
    }

    /// The log is on the disk through `seq`; `records` are what it has after what was told before.
    package func committed(_ records: [Revocation], through seq: UInt64) {
        let (wakings, hasNews) = state.withLock { state in
            let now = environment.moment()
            let wakings = state.committed(records, through: seq, at: now)
            return (wakings, state.hasNews(at: now))
        }
        wake(wakings)
        if hasNews { keeper.continuation.yield() }
    }

    private func answer(
        _ poll: FeedPoll, after: UInt64, lease: Int64
    ) async throws(AuthorityError) -> FeedAnswer {
        let version = keysVersion()
        func answer(_ records: [Revocation], through: UInt64, _ state: inout FollowersState) -> FeedAnswer {
            let granted = state.grant(lease, to: poll.follower, through: through, at: environment.reading())
            return FeedAnswer(
                node: node, after: after, through: through, revocations: records, leaseMilliseconds: granted,
                keysVersion: version)
        }
        let atHand = state.withLock { state -> FeedAnswer? in
            let records = state.tail.records(after: after, limit: Limits.revocationsPerAnswer)
            // A verifier that was answered from the store may have more than the tail has heard of.
            return records.map { answer($0, through: max(after, state.tail.end), &state) }
        }
        if let atHand { return atHand }
        let reading = try await readTogether(after: after)
        return state.withLock { answer(reading.records, through: reading.through, &$0) }
    }

    /// A part of the store's log.
    private struct Reading: Sendable {
        var records: [Revocation]
        var through: UInt64
    }

    /// What the store's log has after a `seq`, read once for all who want it at the same time: after a restart all of them do.
    ///
    /// The reading is in a task that is nobody's child, because whoever began it may go away while others wait for it. It is one for
    /// each `seq` that somebody waits for, and ends by itself.
    private func readTogether(after seq: UInt64) async throws(AuthorityError) -> Reading {
        let reading = readings.withLock { readings in
            if let reading = readings[seq] { return reading }
            let reading = Task {
                defer { self.readings.withLock { $0[seq] = nil } }
                return try await read(after: seq)
            }
            readings[seq] = reading
            return reading
        }
        do {
            return try await reading.value
        } catch {
            throw error as? AuthorityError ?? .overloaded
        }
    }

    /// What the store's log has after a `seq`, as far as one answer takes it, without what has outlived every token.
    private func read(after seq: UInt64) async throws(AuthorityError) -> Reading {
        let head = try await store.head()
        let now = environment.now().milliseconds
        var (records, through): ([Revocation], UInt64) = ([], seq)
        while records.count < Limits.revocationsPerAnswer {
            let page = try await store.log(after: through, limit: Limits.revocationsPerRead)
            records += page.map(\.revocation).filter { $0.until > now }
            through = page.last?.revocation.seq ?? through
            // What is not there any more, though it is not after the head, has outlived every token.
            if page.count < Limits.revocationsPerRead {
                return Reading(records: records, through: max(through, head))
            }
        }
        return Reading(records: records, through: through)
    }

    // MARK: Settling

    /// Waits until what was committed as `seq` is settled, or patience is at its end, and says which.
    package func settle(_ seq: UInt64, patience: Patience) async -> Settling {
        let since = environment.moment()
        let until: Moment? =
            switch patience {
            case .untilSettled: nil
            case .atMost(let duration): since + duration.milliseconds
            case .none: since
            }
        let look = await lookAtOthers()
        let isSettled = await withCheckedContinuation { continuation in
            let now = environment.moment()
            wake(state.withLock { $0.hold(seq, since: since, look: look, until: until, at: now, continuation) })
        }
        let now = environment.moment()
        if isSettled { return .settled(afterMilliseconds: now - since) }
        let longest = NodeState.length(for: terms.longestMilliseconds)
        let left = state.withLock { $0.settlesBy(seq, since: since, look: look, longest: longest, at: now) - now }
        return .pending(settlesBy: environment.now() + .milliseconds(left))
    }

    // MARK: Time

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.keepNode() }
                await self.watchTime()
                group.cancelAll()
            }
        }
        wake(state.withLock { $0.close() })
        await leave()
    }

    private func watchTime() async {
        while (try? await clock.sleep(for: Limits.leaseGrain)) != nil {
            let (wakings, isNeeded) = state.withLock { state in
                let now = environment.reading()
                return (state.look(at: now.moment), state.needsKeeper(at: now))
            }
            wake(wakings)
            if isNeeded { keeper.continuation.yield() }
        }
    }

    func wake(_ wakings: FollowersState.Wakings) {
        for (continuation, hasCome) in wakings { continuation.resume(returning: hasCome) }
    }

    // MARK: Looking on

    /// For how long the oldest ending has been waiting that is not settled, in milliseconds; 0 when all are.
    package var oldestUnsettledMilliseconds: Int64 {
        let now = environment.moment()
        return state.withLock { $0.oldestUnsettledAge(at: now) }
    }

    /// Everybody who follows, the longest without a word first.
    package func list() -> [Listed] {
        let now = environment.moment()
        return state.withLock { state in
            state.leases.standings(at: now).map { standing in
                Listed(
                    standing: standing, clientID: state.owners[standing.id] ?? "",
                    polledAgoMilliseconds: now - standing.polledAt,
                    leaseLeftMilliseconds: standing.leaseEnd.map { $0 - now },
                    behind: state.leases.head - min(state.leases.head, standing.acknowledged))
            }
        }.sorted { $0.polledAgoMilliseconds > $1.polledAgoMilliseconds }
    }
}
