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
        /// It was committed by then.
        var since: Moment
        /// The first look at the other nodes that tells about it.
        var look: PeersState.Look
        var until: Moment?

        func isSettled(among peers: PeersState, at now: Moment) -> Bool {
            peers.isSettled(seq, committedBy: since, since: look, at: now)
        }
    }

    private(set) var leases: AuthorityState
    private(set) var tail: LogTail
    /// The client of each verifier.
    private(set) var owners: [Identifier: String] = [:]
    private(set) var isClosed = false
    /// This node's own lease.
    private(set) var node: NodeState
    private var peers = PeersState()
    /// What the other nodes have been told that this one has settled, or are about to be.
    private var noted: UInt64 = 0
    private var polls: [Identifier: HeldPoll] = [:]
    private var endings: [HeldEnding] = []
    private var unsettled = UnsettledCommits()
    private var forgetsAt: Moment

    init(leases: AuthorityState, at now: Moment) {
        self.leases = leases
        node = NodeState(id: leases.node)
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
    mutating func grant(_ lease: Int64, to follower: Identifier, through seq: UInt64, at now: ClockReading) -> Int64 {
        note(commitThrough: seq, at: now.moment)
        guard !isClosed, owners[follower] != nil, let end = node.leaseEnd(at: now) else { return 0 }
        return leases.grant(lease, to: follower, through: seq, at: now.moment, until: end)
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
    ///
    /// It was committed by the moment `since`, and before the look `look` began.
    mutating func hold(
        _ seq: UInt64, since: Moment, look: PeersState.Look, until: Moment?, at now: Moment,
        _ continuation: CheckedContinuation<Bool, Never>
    ) -> Wakings {
        note(commitThrough: seq, at: now)
        let ending = HeldEnding(seq: seq, continuation: continuation, since: since, look: look, until: until)
        if leases.settledThrough(at: now) >= seq, ending.isSettled(among: peers, at: now) {
            return [(continuation, true)]
        }
        if isClosed || endings.count >= Limits.pendingEndings || until.map({ $0 <= now }) ?? false {
            return [(continuation, false)]
        }
        endings.append(ending)
        return []
    }

    /// The moment by which the log is settled through `seq`, which was committed by the moment `since`.
    ///
    /// Where the store has not shown the other nodes since then, it is the end of a lease of `longest` milliseconds that one of
    /// them had just asked for.
    func settlesBy(_ seq: UInt64, since: Moment, look: PeersState.Look, longest: Int64, at now: Moment) -> Moment {
        let elsewhere =
            peers.hasSeen(look)
            ? peers.settlesBy(seq, committedBy: since, at: now) : since + longest + Lease.margin(of: longest)
        return max(leases.settlesBy(seq, at: now), elsewhere)
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
        let peers = peers
        let done = endings.filter { $0.seq <= settled && $0.isSettled(among: peers, at: now) }
        guard !done.isEmpty else { return [] }
        endings.removeAll { $0.seq <= settled && $0.isSettled(among: peers, at: now) }
        return done.map { ($0.continuation, true) }
    }

    // MARK: This node and the others

    /// What to write to the store so that a lease of so many milliseconds can be granted, and those that there are.
    mutating func renewal(for lease: Int64, at now: ClockReading) -> (node: AuthorityNode, look: PeersState.Look) {
        noted = leases.settledThrough(at: now.moment)
        let longest = max(lease, leases.longestLease)
        return (node.renewal(for: longest, settledThrough: noted, at: now), peers.beginLook())
    }

    /// Whether somebody who has a lease could not renew it soon.
    mutating func isRenewalDue(at now: ClockReading) -> Bool {
        _ = leases.settledThrough(at: now.moment)
        return leases.hasLeases && node.isDue(for: leases.longestLease, at: now)
    }

    /// That has been written; `asked` is what the clocks said just before.
    mutating func renewed(
        _ written: AuthorityNode, _ found: NodeRenewal, look: PeersState.Look, asked: ClockReading, at now: Moment
    ) -> Wakings {
        node.renewed(written, asked: asked)
        note(commitThrough: found.head, at: now)
        return looked(look, found.others, at: now)
    }

    /// A look at the other nodes begins.
    mutating func beginLook() -> PeersState.Look { peers.beginLook() }

    /// The store has shown these nodes.
    mutating func looked(_ look: PeersState.Look, _ nodes: [AuthorityNode], at now: Moment) -> Wakings {
        peers.looked(look, others: nodes.filter { $0.id != node.id }, at: now)
        return settledEndings(at: now)
    }

    /// The store does not show them: whoever has waited for that long enough is told so.
    mutating func couldNotLook(at now: Moment) -> Wakings {
        let settled = leases.settledThrough(at: now)
        let peers = peers
        func hasWaited(_ ending: HeldEnding) -> Bool {
            ending.seq <= settled && !peers.hasSeen(ending.look)
                && now - ending.since >= Limits.storePatience.milliseconds
        }
        let impatient = endings.filter(hasWaited)
        if !impatient.isEmpty { endings.removeAll(where: hasWaited) }
        return impatient.map { ($0.continuation, false) }
    }

    /// Whether an ending waits for other nodes alone.
    mutating func waitsForOthers(at now: Moment) -> Bool {
        let settled = leases.settledThrough(at: now)
        return endings.contains { $0.seq <= settled }
    }

    /// What the other nodes should be told that this one has settled, and have not been; nil when there are none.
    mutating func news(at now: Moment) -> UInt64? {
        guard hasNews(at: now) else { return nil }
        noted = leases.settledThrough(at: now)
        return noted
    }

    /// The others have not been told of that, and should be.
    mutating func hasNotTold(_ settled: UInt64) { if noted == settled { noted = settled - 1 } }

    mutating func hasNews(at now: Moment) -> Bool {
        !peers.isAlone && node.last != nil && leases.settledThrough(at: now) > noted
    }

    /// Whether there is anything to do about this node and the others.
    mutating func needsKeeper(at now: ClockReading) -> Bool {
        isRenewalDue(at: now) || hasNews(at: now.moment) || waitsForOthers(at: now.moment)
            || !gone(at: now.moment).isEmpty
    }

    /// Other nodes that nobody needs to know of any more.
    func gone(at now: Moment) -> [AuthorityNode] { peers.gone(for: Limits.silentNode.milliseconds, at: now) }

    /// What to remove from the store at the end; nil when there is nothing, or somebody may still hold a lease.
    mutating func leaving(at now: Moment) -> AuthorityNode? {
        _ = leases.settledThrough(at: now)
        return leases.hasLeases ? nil : node.last
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
