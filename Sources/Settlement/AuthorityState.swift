/// Who holds which lease, who has acknowledged what, and what is settled.
///
/// A record is settled when nobody can still accept what it ends. About one follower, as far as its acknowledgements and its
/// leases tell, that is: it has applied the record, or each of its leases that was granted without the record has ended.
/// So a follower with a live lease has a *floor*, below which nothing of the log is news to it:
///
///     floor = max(acknowledged, the least `seq` that a live lease of it was granted with)
///
/// and the log is settled through the least floor of all. A follower without a live lease accepts nothing and holds
/// nobody up.
///
/// It does nothing by itself: it is told what time it is and what happens.
package struct AuthorityState: Sendable {
    /// A lease as the authority sees it: never shorter than its holder does.
    private struct Grant: Sendable {
        /// The log that its holder has applied when it begins to use it.
        var through: UInt64
        var end: Moment
    }

    private struct Follower: Sendable {
        var acknowledged: UInt64 = 0
        /// Live when last looked at, by rising `through`.
        var grants: [Grant] = []
        var polledAt: Moment
        var leaseMilliseconds: Int64 = 0
        /// Where ``floors`` counts it; nil without a live lease.
        var floor: UInt64?
    }

    /// What is known of one follower.
    package struct Standing: Hashable, Sendable {
        package var id: Identifier
        package var acknowledged: UInt64
        package var polledAt: Moment
        package var leaseMilliseconds: Int64
        /// When the newest lease ends as the authority reckons it; nil when none is live.
        package var leaseEnd: Moment?
    }

    /// Leases of one follower that are told apart: one that hears no answer gets no more before it acknowledges something.
    private static let grantsPerFollower = 4

    package let node: Identifier
    /// The newest `seq` that has been committed.
    package private(set) var head: UInt64
    private var followers: [Identifier: Follower] = [:]
    private var floors = FloorCounts()
    /// No grant ends before this.
    private var nextEnd: Moment?

    /// The state of a process that has just started on a log, as `node`: nobody follows it yet.
    package init(node: Identifier, head: UInt64) {
        self.node = node
        self.head = head
    }

    // MARK: What happens

    /// The log is on the disk through `seq`.
    package mutating func committed(through seq: UInt64) { head = max(head, seq) }

    /// A poll has come; says after which `seq` to answer it.
    ///
    /// It acknowledges what it says, unless it speaks of another node's log.
    package mutating func polled(_ poll: FeedPoll, at now: Moment) -> UInt64 {
        let isOurs = poll.node == node && poll.after <= head
        var follower = followers[poll.follower] ?? Follower(polledAt: now)
        follower.polledAt = now
        if isOurs { follower.acknowledged = max(follower.acknowledged, poll.after) }
        settle(&follower, at: now)
        followers[poll.follower] = follower
        return isOurs ? poll.after : 0
    }

    /// A poll is about to be answered with the log through `through`; says for how long its lease is, in milliseconds.
    ///
    /// It ends by `nodeEnd`, when the node's own lease does. It is 0, no lease, where the answer lacks anything that is known to
    /// be committed, and where earlier leases of the follower are too many to be told apart.
    package mutating func grant(
        _ wanted: Int64, to id: Identifier, through: UInt64, at now: Moment, until nodeEnd: Moment
    ) -> Int64 {
        head = max(head, through)
        let milliseconds = min(wanted, Lease.longest(within: nodeEnd - now))
        guard through >= head, milliseconds > 0, var follower = followers[id] else { return 0 }
        follower.grants.removeAll { $0.end <= now }
        let end = now + milliseconds + Lease.margin(of: milliseconds)
        if let last = follower.grants.indices.last, follower.grants[last].through == through {
            follower.grants[last].end = max(follower.grants[last].end, end)
        } else {
            guard follower.grants.count < Self.grantsPerFollower else { return 0 }
            follower.grants.append(Grant(through: through, end: end))
        }
        follower.leaseMilliseconds = milliseconds
        settle(&follower, at: now)
        followers[id] = follower
        nextEnd = min(nextEnd ?? end, end)
        return milliseconds
    }

    /// A follower has given back what leases it had, and uses them no more.
    package mutating func handedBack(by id: Identifier) {
        guard let follower = followers.removeValue(forKey: id) else { return }
        if let floor = follower.floor { floors.remove(floor) }
    }

    // MARK: What follows

    /// The `seq` through which the log is settled among those who follow this node.
    package mutating func settledThrough(at now: Moment) -> UInt64 {
        if let nextEnd, nextEnd <= now { lookAtAll(at: now) }
        return min(head, floors.least ?? head)
    }

    /// The next moment at which more may be settled though nobody has said anything; nil when nothing is open.
    package mutating func nextLook(at now: Moment) -> Moment? {
        settledThrough(at: now) < head ? nextEnd : nil
    }

    /// The moment by which the log is settled through `seq`, whatever happens; leases granted from now on do not delay it.
    package func settlesBy(_ seq: UInt64, at now: Moment) -> Moment {
        followers.values.reduce(now) { latest, follower in
            guard follower.acknowledged < seq else { return latest }
            return follower.grants.reduce(latest) { $1.through < seq ? max($0, $1.end) : $0 }
        }
    }

    /// Whether anybody holds a lease.
    package var hasLeases: Bool { floors.least != nil }

    /// The longest lease that somebody who is remembered was last granted, in milliseconds; 0 when nobody was.
    package var longestLease: Int64 { followers.values.reduce(0) { max($0, $1.leaseMilliseconds) } }

    /// How many have polled and are remembered.
    package var count: Int { followers.count }

    /// Whether somebody is remembered.
    package func knows(_ id: Identifier) -> Bool { followers[id] != nil }

    /// What is known of everybody.
    package func standings(at now: Moment) -> [Standing] {
        followers.map { id, follower in
            Standing(
                id: id, acknowledged: follower.acknowledged, polledAt: follower.polledAt,
                leaseMilliseconds: follower.leaseMilliseconds,
                leaseEnd: follower.grants.map(\.end).max().flatMap { $0 > now ? $0 : nil })
        }
    }

    /// Forgets those who have no live lease and have not polled since `moment`.
    package mutating func forget(silentSince moment: Moment, at now: Moment) {
        lookAtAll(at: now)
        followers = followers.filter { $0.value.floor != nil || $0.value.polledAt > moment }
    }

    // MARK: Floors

    private mutating func lookAtAll(at now: Moment) {
        nextEnd = nil
        for id in followers.keys {
            guard var follower = followers[id], !follower.grants.isEmpty else { continue }
            settle(&follower, at: now)
            followers[id] = follower
            for grant in follower.grants { nextEnd = min(nextEnd ?? grant.end, grant.end) }
        }
    }

    /// Lets go of what is over in a follower's leases and counts it where its floor is now.
    private mutating func settle(_ follower: inout Follower, at now: Moment) {
        follower.grants.removeAll { $0.end <= now }
        // What it has acknowledged tells those leases apart no more.
        while follower.grants.count > 1, follower.grants[1].through <= follower.acknowledged {
            follower.grants[1].end = max(follower.grants[0].end, follower.grants[1].end)
            follower.grants.removeFirst()
        }
        let floor = follower.grants.first.map { max(follower.acknowledged, $0.through) }
        guard floor != follower.floor else { return }
        if let old = follower.floor { floors.remove(old) }
        if let floor { floors.add(floor) }
        follower.floor = floor
    }
}
