internal import Exeunt
internal import Settlement

/// The sign-outs that wait until their records are in Redis, and whether waiting is of any use.
///
/// Its verbs say whom to wake; that is done once the guard is let go of.
struct MirrorWaiters: Sendable {
    /// Continuations to resume: with true when it is in Redis.
    typealias Wakings = [(CheckedContinuation<Bool, Never>, Bool)]

    enum Standing: Hashable, Sendable {
        /// It has yet to be seen whether Redis answers.
        case starting
        case connected
        case lost
        case closed
    }

    private struct Waiter: Sendable {
        var seq: UInt64
        var until: Moment?
        var continuation: CheckedContinuation<Bool, Never>
    }

    private(set) var standing = Standing.starting
    /// The newest record that is known to be in the log, and that is known to be in Redis.
    private(set) var head: UInt64 = 0
    private(set) var delivered: UInt64 = 0
    private(set) var records: UInt64 = 0
    private var waiters: [Waiter] = []

    /// How many records Redis lacks.
    var lag: UInt64 { head - min(head, delivered) }

    /// Waits for a record, unless it is there, there is no use in waiting, or too many do already.
    mutating func hold(
        _ seq: UInt64, until: Moment?, at now: Moment, _ continuation: CheckedContinuation<Bool, Never>
    ) -> Wakings {
        head = max(head, seq)
        if standing == .connected, delivered >= seq { return [(continuation, true)] }
        guard hopes, until.map({ $0 > now }) ?? true, waiters.count < Limits.pendingEndings else {
            return [(continuation, false)]
        }
        waiters.append(Waiter(seq: seq, until: until, continuation: continuation))
        return []
    }

    /// Whether a record is in Redis, as far as is known.
    func has(_ seq: UInt64) -> Bool { standing == .connected && delivered >= seq }

    /// The log goes through `seq`.
    mutating func heard(head seq: UInt64) { head = max(head, seq) }

    /// So many records are in Redis now, through `seq`.
    mutating func delivered(through seq: UInt64, records count: Int) -> Wakings {
        delivered = seq
        head = max(head, seq)
        records += UInt64(count)
        guard waiters.contains(where: { $0.seq <= seq }) else { return [] }
        defer { waiters.removeAll { $0.seq <= seq } }
        return waiters.filter { $0.seq <= seq }.map { ($0.continuation, true) }
    }

    /// Redis is at the head of the log; says whether that is news.
    mutating func caughtUp() -> Bool {
        defer { if standing != .closed { standing = .connected } }
        return standing != .connected
    }

    /// Whether it would be news that Redis is lost.
    var hopes: Bool { standing == .starting || standing == .connected }

    /// Redis is lost.
    mutating func lost() -> Wakings {
        if hopes { standing = .lost }
        delivered = 0
        return takeAll()
    }

    /// Lets go of whoever has waited long enough.
    mutating func look(at now: Moment) -> Wakings {
        guard waiters.contains(where: { $0.until.map { $0 <= now } ?? false }) else { return [] }
        defer { waiters.removeAll { $0.until.map { $0 <= now } ?? false } }
        return waiters.filter { $0.until.map { $0 <= now } ?? false }.map { ($0.continuation, false) }
    }

    /// Lets go of everybody: the server stops.
    mutating func close() -> Wakings {
        standing = .closed
        return takeAll()
    }

    private mutating func takeAll() -> Wakings {
        defer { waiters = [] }
        return waiters.map { ($0.continuation, false) }
    }
}
