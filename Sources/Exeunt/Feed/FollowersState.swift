internal import Settlement

/// What ``Followers`` guards: who follows, and who waits for what.
///
/// Its verbs say whom to wake; that is done once the guard is let go of.
struct FollowersState {
    /// Continuations to resume: with true when what they wait for has come.
    typealias Wakings = [(CheckedContinuation<Bool, Never>, Bool)]

    private struct HeldPoll {
        var continuation: CheckedContinuation<Bool, Never>
        var until: Moment
    }

    private struct HeldEnding {
        var seq: UInt64
        var continuation: CheckedContinuation<Bool, Never>
        var until: Moment?
    }

    private(set) var leases: AuthorityState
    private(set) var tail: LogTail
    /// The client of each verifier.
    private(set) var owners: [Identifier: String] = [:]
    private(set) var isClosed = false
    /// The longest lease that the store knows may have been granted, in milliseconds.
    private(set) var longestLease: Int64
    private var polls: [Identifier: HeldPoll] = [:]
    private var endings: [HeldEnding] = []
    private var unsettled = UnsettledCommits()
    private var forgetsAt: Moment

    init(leases: AuthorityState, longestLease: Int64, at now: Moment) {
        self.leases = leases
        self.longestLease = longestLease
        tail = LogTail(head: leases.head, capacity: Limits.logTail)
        forgetsAt = now
    }

    // MARK: Polls

    /// Notes what a poll acknowledges, and says after which `seq` to answer it; `followerElsewhere` or `overloaded` for one that is
    /// not admitted.
    mutating func admit(
        _ poll: FeedPoll, of client: String, at now: Moment
    ) -> (after: Result<UInt64, AuthorityError>, wake: Wakings) {
        if let owner = owners[poll.follower] {
            guard owner == client else { return (.failure(.followerElsewhere), []) }
        } else {
            guard owners.count < Limits.followers, !isClosed else { return (.failure(.overloaded), []) }
            owners[poll.follower] = client
        }
        let after = leases.polled(poll, at: now)
        return (.success(after), settledEndings(at: now))
    }

    /// Holds a poll that is to be answered after `seq`, unless there is something for it already.
    mutating func hold(
        _ poll: FeedPoll, after seq: UInt64, until: Moment, at now: Moment,
        _ continuation: CheckedContinuation<Bool, Never>
    ) -> Wakings {
        // A verifier has one poll under way: it has given up on an earlier one.
        let earlier = polls.removeValue(forKey: poll.follower).map { [($0.continuation, false)] } ?? []
        if isClosed { return earlier + [(continuation, false)] }
        // The answer to a verifier that this node does not know yet is its first lease.
        if poll.node != leases.node || tail.end > seq || until <= now { return earlier + [(continuation, true)] }
        polls[poll.follower] = HeldPoll(continuation: continuation, until: until)
        return earlier
    }

    /// A lease for a verifier whose answer goes through `seq`, in milliseconds; 0 for one that has handed it back meanwhile.
    mutating func grant(_ lease: Int64, to follower: Identifier, through seq: UInt64, at now: Moment) -> Int64 {
        note(commitThrough: seq, at: now)
        return owners[follower] == nil ? 0 : leases.grant(lease, to: follower, through: seq, at: now)
    }

    /// Takes the lease of a client's verifier back.
    mutating func handBack(_ follower: Identifier, of client: String, at now: Moment) -> Wakings {
        guard owners[follower] == client else { return [] }
        leases.handedBack(by: follower)
        owners[follower] = nil
        let poll = polls.removeValue(forKey: follower).map { [($0.continuation, false)] } ?? []
        return poll + settledEndings(at: now)
    }

    // MARK: Commits and endings

    /// The log is on the disk through `seq`; `records` are what it has after what was told before.
    mutating func committed(_ records: [Revocation], through seq: UInt64, at now: Moment) -> Wakings {
        note(commitThrough: seq, at: now)
        tail.append(records, through: seq)
        defer { polls = [:] }
        return polls.values.map { ($0.continuation, true) } + settledEndings(at: now)
    }

    /// Holds an ending until the log is settled through `seq`, or until a moment; not at all when that is now.
    mutating func hold(
        _ seq: UInt64, until: Moment?, at now: Moment, _ continuation: CheckedContinuation<Bool, Never>
    ) -> Wakings {
        note(commitThrough: seq, at: now)
        if leases.settledThrough(at: now) >= seq { return [(continuation, true)] }
        if isClosed || endings.count >= Limits.pendingEndings || until.map({ $0 <= now }) ?? false {
            return [(continuation, false)]
        }
        endings.append(HeldEnding(seq: seq, continuation: continuation, until: until))
        return []
    }

    /// The store has taken down that a lease may be so long; by then the log went through `head`.
    mutating func promised(_ lease: Int64, head: UInt64, at now: Moment) {
        longestLease = max(longestLease, lease)
        note(commitThrough: head, at: now)
    }

    /// For how long the oldest record has been waiting that is not settled, in milliseconds; 0 when all are.
    func oldestUnsettledAge(at now: Moment) -> Int64 { unsettled.oldest.map { now - $0 } ?? 0 }

    private mutating func note(commitThrough seq: UInt64, at now: Moment) {
        guard seq > leases.head else { return }
        leases.committed(through: seq)
        unsettled.add(through: seq, at: now)
    }

    private mutating func settledEndings(at now: Moment) -> Wakings {
        guard !unsettled.isEmpty || !endings.isEmpty else { return [] }
        let settled = leases.settledThrough(at: now)
        for moment in unsettled.take(through: settled) { AuthorityMetrics.settled(afterMilliseconds: now - moment) }
        let done = endings.filter { $0.seq <= settled }
        guard !done.isEmpty else { return [] }
        endings.removeAll { $0.seq <= settled }
        return done.map { ($0.continuation, true) }
    }

    // MARK: Time

    /// Lets go of whoever has waited long enough, and forgets who has been silent for long.
    mutating func look(at now: Moment) -> Wakings {
        var wakings = settledEndings(at: now)
        for (id, poll) in polls where poll.until <= now {
            wakings.append((poll.continuation, true))
            polls[id] = nil
        }
        let impatient = endings.filter { $0.until.map { $0 <= now } ?? false }
        if !impatient.isEmpty {
            endings.removeAll { $0.until.map { $0 <= now } ?? false }
            wakings += impatient.map { ($0.continuation, false) }
        }
        if now >= forgetsAt {
            forgetsAt = now + 1000
            leases.forget(silentSince: now + -Limits.silentFollower.milliseconds, at: now)
            owners = owners.filter { leases.knows($0.key) }
        }
        return wakings
    }

    /// Lets go of everybody: the server stops.
    mutating func close() -> Wakings {
        isClosed = true
        defer { (polls, endings) = ([:], []) }
        return polls.values.map { ($0.continuation, false) } + endings.map { ($0.continuation, false) }
    }
}
