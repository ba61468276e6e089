internal import Dispatch
internal import Exeunt
internal import GRDB
internal import Synchronization

/// Writes that arrive while the disk is busy share the next transaction, and so one flush.
///
/// Each has a savepoint of its own, so one that fails takes back only itself. What the disk or the file does wrong
/// (full, locked, read-only, broken) fails them all, and nothing of any is kept. Nobody is answered before the commit
/// has returned.
///
/// Those who have just been answered often come back at once, as the others do who wait now. So where a commit was shared, the
/// next one gives them as long as that one took to come together: under load that halves the flushes, and whoever writes
/// alone never waits.
final class CommitQueue: Sendable {
    /// Tells the caller: its result, or why the transaction that it shared could not be committed.
    private typealias Answer = @Sendable (AuthorityError?) -> Void

    private struct Write: Sendable {
        let perform: @Sendable (WriteTransaction) throws -> Answer
        let fail: Answer
    }

    private struct State {
        var waiting: [Write] = []
        /// How many the next commit waits for, while it does.
        var wanted: Int?
        var isDraining = false
        var isClosed = false
    }

    private let pool: DatabasePool
    private let file: DatabaseFile
    private let state = Mutex(State())
    private let onHead: @Sendable (UInt64) -> Void
    private let committed = Atomic(0)
    private let gathered = DispatchSemaphore(value: 0)

    /// `onHead` hears the log's head after each commit that moved it.
    init(pool: DatabasePool, file: DatabaseFile, onHead: @escaping @Sendable (UInt64) -> Void) {
        self.pool = pool
        self.file = file
        self.onHead = onHead
    }

    /// How many transactions have been committed.
    var commits: Int { committed.load(ordering: .relaxed) }

    /// How many writes wait for a transaction.
    var waiting: Int { state.withLock { $0.waiting.count } }

    /// Runs `work` in a transaction that may be shared, and returns when it is on the disk.
    ///
    /// Throws what `work` throws, then having changed nothing; `overloaded` when too many wait already.
    func write<Value: Sendable>(
        _ work: @escaping @Sendable (WriteTransaction) throws -> Value
    ) async throws(AuthorityError) -> Value {
        let result: Result<Value, AuthorityError> = await withCheckedContinuation { continuation in
            let write = Write { transaction in
                let value = try work(transaction)
                return { continuation.resume(returning: $0.map(Result.failure) ?? .success(value)) }
            } fail: { error in
                continuation.resume(returning: .failure(error ?? .storeUnavailable(reason: "nothing was committed")))
            }
            enqueue(write)
        }
        return try result.get()
    }

    /// Refuses everything from now on; what is waiting is still written.
    ///
    /// Says whether it was open.
    func close() -> Bool {
        state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
    }

    private func enqueue(_ write: Write) {
        enum Admission { case queued, last, first, refused(AuthorityError) }
        let admission: Admission = state.withLock { state in
            if state.isClosed { return .refused(.storeUnavailable(reason: "the store is closed")) }
            if state.waiting.count >= Limits.pendingWrites { return .refused(.overloaded) }
            state.waiting.append(write)
            if let wanted = state.wanted, state.waiting.count >= wanted {
                state.wanted = nil
                return .last
            }
            if state.isDraining { return .queued }
            state.isDraining = true
            return .first
        }
        switch admission {
        case .queued: break
        case .last: gathered.signal()
        case .first: pool.asyncWriteWithoutTransaction { self.drain($0) }
        case .refused(let error): write.fail(error)
        }
    }

    private func drain(_ db: Database) {
        while true {
            let batch: [Write] = state.withLock { state in
                let batch = Array(state.waiting.prefix(Limits.writesPerCommit))
                state.waiting.removeFirst(batch.count)
                if batch.isEmpty { state.isDraining = false }
                return batch
            }
            if batch.isEmpty { return }
            let start = ContinuousClock.now
            commit(batch, on: db)
            gather(after: batch.count, which: ContinuousClock.now - start)
        }
    }

    /// Waits until as many writes are there as were in a commit and behind it, but no longer than that commit took.
    private func gather(after count: Int, which took: Duration) {
        let waits = state.withLock { state in
            let wanted = min(count + state.waiting.count, Limits.writesPerCommit)
            guard wanted > 1, state.waiting.count < wanted, !state.isClosed else { return false }
            state.wanted = wanted
            return true
        }
        guard waits else { return }
        let patience = min(took, Limits.gathering) / .nanoseconds(1)
        guard gathered.wait(timeout: .now() + .nanoseconds(Int(patience))) == .timedOut else { return }
        let isSignalled = state.withLock { state in
            defer { state.wanted = nil }
            return state.wanted == nil
        }
        // Somebody was the last one at the last moment.
        if isSignalled { gathered.wait() }
    }

    private func commit(_ batch: [Write], on db: Database) {
        do {
            guard file.isInPlace else { throw AuthorityError.fileIsGone }
            try db.run("BEGIN IMMEDIATE")
            let transaction = WriteTransaction(db)
            let answers = try batch.map { try outcome(of: $0, sharing: batch.count > 1, transaction) }
            let head = transaction.wroteLog ? try SQLiteStore.head(db) : nil
            try db.run("COMMIT")
            committed.add(1, ordering: .relaxed)
            for answer in answers { answer(nil) }
            if let head { onHead(head) }
        } catch {
            // SQLite may have rolled back already: it does so by itself when the disk is full.
            if db.isInsideTransaction { try? db.rollback() }
            let failure = AuthorityError(translating: error)
            for write in batch { write.fail(failure) }
        }
    }

    /// Performs one write of a batch; throws only what concerns them all.
    private func outcome(of write: Write, sharing: Bool, _ transaction: WriteTransaction) throws -> Answer {
        let db = transaction.db
        guard sharing else { return try write.perform(transaction) }
        try db.run("SAVEPOINT one")
        do {
            let answer = try write.perform(transaction)
            try db.run("RELEASE one")
            return answer
        } catch {
            guard error.concernsOneWrite, db.isInsideTransaction else { throw error }
            try db.run("ROLLBACK TO one")
            try db.run("RELEASE one")
            let failure = AuthorityError(translating: error)
            return { write.fail($0 ?? failure) }
        }
    }
}

extension Error {
    /// Whether one write was refused, and those that share its transaction can go on.
    fileprivate var concernsOneWrite: Bool {
        (self as? DatabaseError)?.isOfOneWrite ?? (self is AuthorityError)
    }
}
