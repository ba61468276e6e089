internal import Settlement

/// One life of a node's process: all that it forgets when it crashes.
final class NodeProcess {
    /// A poll that waits for news.
    struct Held {
        var poll: Poll
        var after: UInt64
    }

    /// A poll that waits until the node can grant a lease.
    struct Securing {
        var poll: Poll
        var after: UInt64
        /// How many renewals it may still wait for.
        var tries: Int
    }

    /// A record that it has said will be settled by then among those who follow it.
    struct Promise {
        var seq: UInt64
        var by: Moment
    }

    enum CrashPoint { case inFlush, afterFlush }

    /// The number of its machine.
    let machine: Int
    var state: AuthorityState
    var node: NodeState
    var others = Others()
    let terms: LeaseTerms
    /// What the others have been told that it has settled, or are about to be.
    var noted: UInt64 = 0
    /// What it has heard of since it started it has in memory: records after one `seq` through another.
    let tailStart: UInt64
    var tailEnd: UInt64
    var held: [Held] = []
    var securing: [Securing] = []
    /// Requests that wait for the next flush.
    var waiting: [Waiting] = []
    var isFlushing = false
    /// Logouts that wait until they are settled.
    var endings: [Ending] = []
    var promises: [Promise] = []
    /// Where it is going to crash.
    var crashPoint: CrashPoint?
    /// It grants nothing any more, and is about to end.
    var isClosed = false
    /// When it is going to look whether a lease has ended.
    var nextLook: Instant?
    /// The renewal of its lease that is under way.
    var renewal: StoreCall?
    /// What its clocks said before the last renewal that was answered.
    var renewedAsked: ClockReading?
    /// It was not answered: it tries again by and by, unless a poll wants it.
    var hasFailedToRenew = false
    var isNoting = false
    var isReadingTail = false
    /// It is going to look at the other nodes, or is doing so.
    var isLooking = false
    var lookPause = Span.milliseconds(2)

    init(machine: Int, state: AuthorityState, node: NodeState, terms: LeaseTerms) {
        self.machine = machine
        self.state = state
        self.node = node
        self.terms = terms
        tailStart = state.head
        tailEnd = state.head
    }

    /// The lease that a poll is to be answered with.
    func lease(for poll: Poll) -> Int64 { terms.granted(poll.message.leaseMilliseconds) }

    /// Takes out the poll that is held for a verifier, and the one that waits for a renewal.
    func takeHeld(of follower: Identifier) -> Held? {
        securing.removeAll { $0.poll.message.follower == follower }
        return held.firstIndex { $0.poll.message.follower == follower }.map { held.remove(at: $0) }
    }
}
