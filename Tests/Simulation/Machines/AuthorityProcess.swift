internal import Settlement

/// One life of the authority's process: all that it forgets when it crashes.
final class AuthorityProcess {
    /// A poll that waits for news.
    struct Held {
        var poll: Poll
        var after: UInt64
    }

    /// A record that it has said will be settled by then.
    struct Promise {
        var seq: UInt64
        var by: Moment
    }

    enum CrashPoint { case inFlush, afterFlush }

    var state: AuthorityState
    let terms: LeaseTerms
    let startedAt: Moment
    /// The longest lease that was granted before it started, and the longest that it may grant: the disk has it.
    let longestLeaseBefore: Int64
    var longestLease: Int64
    /// What it has heard of since it started it has in memory: records after one `seq` through another.
    let tailStart: UInt64
    var tailEnd: UInt64
    var held: [Held] = []
    /// Requests that wait for the next flush, and those that are in the one that is under way.
    var waiting: [Request] = []
    var flushing: [Request] = []
    /// Logouts that are on the disk and not answered, by the numbers of their requests.
    var unanswered: [Int] = []
    var promises: [Promise] = []
    /// Where it is going to crash.
    var crashPoint: CrashPoint?
    /// When it is going to look whether a lease has ended.
    var nextLook: Instant?

    init(state: AuthorityState, terms: LeaseTerms, startedAt: Moment, longestLease: Int64) {
        self.state = state
        self.terms = terms
        self.startedAt = startedAt
        self.longestLease = longestLease
        longestLeaseBefore = longestLease
        tailStart = state.head
        tailEnd = state.head
    }

    /// The lease that a poll is to be answered with.
    func lease(for poll: Poll) -> Int64 { terms.granted(poll.message.leaseMilliseconds) }

    /// Takes out the poll that is held for a verifier.
    func takeHeld(of follower: Identifier) -> Held? {
        held.firstIndex { $0.poll.message.follower == follower }.map { held.remove(at: $0) }
    }
}
