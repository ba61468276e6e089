import Exeunt
import RedisDenylist
import Settlement
import Synchronization

/// A log in memory, whose sweeper and backups are the test's.
final class TestLog: MirroredLog {
    private struct State {
        var records: [LoggedRevocation] = []
        var head: UInt64 = 0
        var isBroken = false
        var listeners: [AsyncStream<UInt64>.Continuation] = []
    }

    private let state = Mutex(State())

    func records(after: UInt64, limit: Int) async throws(AuthorityError) -> [LoggedRevocation] {
        try state.withLock { state throws(AuthorityError) in
            if state.isBroken { throw .storeUnavailable(reason: "test") }
            return Array(state.records.filter { $0.revocation.seq > after }.prefix(limit))
        }
    }

    func head() async throws(AuthorityError) -> UInt64 { state.withLock { $0.head } }

    func heads() -> AsyncStream<UInt64> {
        let (stream, continuation) = AsyncStream.makeStream(of: UInt64.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.listeners.append(continuation) }
        return stream
    }

    /// Commits a record and gives its number.
    @discardableResult
    func end(_ target: Revocation.Target, until: Int64, at: Int64 = 0) -> UInt64 {
        state.withLock { state in
            state.head += 1
            let revocation = Revocation(seq: state.head, target: target, until: until)
            state.records.append(
                LoggedRevocation(revocation: revocation, reason: .signedOut, at: Timestamp(milliseconds: at)))
            for listener in state.listeners { listener.yield(state.head) }
            return state.head
        }
    }

    /// Goes back to a backup that was made when the log ended at `seq`.
    func restore(to seq: UInt64) {
        state.withLock { state in
            state.records.removeAll { $0.revocation.seq > seq }
            state.head = seq
        }
    }

    /// Removes what has outlived every token.
    func sweep(at now: Int64) { state.withLock { $0.records.removeAll { $0.revocation.until <= now } } }

    func setBroken(_ isBroken: Bool) { state.withLock { $0.isBroken = isBroken } }

    /// All that there is, as a verifier in memory would have it.
    var set: RevocationSet {
        state.withLock { state in
            var set = RevocationSet()
            for record in state.records { set.insert(record.revocation) }
            return set
        }
    }
}
