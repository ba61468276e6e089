internal import Exeunt
internal import Synchronization

/// Writes that arrive while a transaction is under way share the next one, and so its round trips and its flush.
///
/// A write that is refused takes back only itself. What goes wrong with the transaction fails them all, and nothing of any is
/// kept; but where it is the data of one of them that the database refuses, each is tried alone. Nobody is answered before the
/// commit has returned.
final class Writes: Sendable {
    /// Tells the caller: its result, with the log's head before the transaction; or why nothing of it was kept.
    private typealias Answer = @Sendable (Result<UInt64, AuthorityError>) -> Void

    private struct Write: Sendable {
        var wants: Wants
        var company: Company
        let perform: @Sendable (WriteTransaction) throws -> Answer
        let fail: @Sendable (AuthorityError) -> Void
    }

    /// With whom a write goes.
    enum Company: Sendable {
        /// With all that wait.
        case shared
        /// In a transaction of its own: it changes rows that the others' part of the transaction knows nothing of.
        case own
        /// Alone, when every other writer of every node is through, and before any other begins.
        case alone
    }

    private static let tries = 4

    private let threads: Threads<Write>
    private let committed: Counter

    /// What has been done since the start.
    final class Counter: Sendable {
        let commits = Atomic(0)
        let rows = Atomic(0)
    }

    /// `onHead` hears the log's head after each commit that moved it.
    init(_ count: Int, door: Door, onHead: @escaping @Sendable (UInt64) -> Void) {
        let committed = Counter()
        self.committed = committed
        threads = Threads(
            count, named: "exeunt writes", door: door, capacity: Limits.pendingWrites, atOnce: Limits.writesPerCommit
        ) { writes, connection, door in
            for batch in Self.batches(of: writes) {
                Self.commit(batch, &connection, door, committed, onHead: onHead)
            }
        }
    }

    /// How many transactions have been committed.
    var commits: Int { committed.commits.load(ordering: .relaxed) }

    /// How many rows they have written.
    var rowsWritten: Int { committed.rows.load(ordering: .relaxed) }

    func close() { threads.close() }

    /// Runs `work` in a transaction that may be shared, and returns when it is on the disk.
    ///
    /// `work` may be run more than once, each time in a new transaction. What it gives is told the log's head from before its
    /// transaction. Throws what `work` throws, then having changed nothing; `overloaded` when too many wait already.
    func write<Value: Sendable>(
        _ wants: Wants = Wants(), company: Company = .shared,
        _ work: @escaping @Sendable (WriteTransaction) throws -> @Sendable (_ base: UInt64) -> Value
    ) async throws(AuthorityError) -> Value {
        let result: Result<Value, AuthorityError> = await withCheckedContinuation { continuation in
            let write = Write(wants: wants, company: company) { transaction in
                let value = try work(transaction)
                return { continuation.resume(returning: $0.map(value)) }
            } fail: { error in
                continuation.resume(returning: .failure(error))
            }
            if let refusal = threads.add(write) { write.fail(refusal) }
        }
        return try result.get()
    }

    private static func batches(of writes: [Write]) -> [[Write]] {
        let own = writes.filter { $0.company != .shared }.map { [$0] }
        let shared = writes.filter { $0.company == .shared }
        return shared.isEmpty ? own : [shared] + own
    }

    private static func commit(
        _ batch: [Write], _ connection: inout PostgresConnection?, _ door: Door, _ committed: Counter,
        onHead: (UInt64) -> Void
    ) {
        var failure: any Error = PostgresFailure.lost("")
        var isUndecided = false
        for _ in 0..<tries {
            do {
                let present: PostgresConnection
                if let connection { present = connection } else { present = try door.connect() }
                connection = present
                try commit(batch, on: present, committed, onHead: onHead)
                return
            } catch let error as BeforeCommit where error.isWorthAnotherTry {
                failure = error.cause
                if present(connection, isBrokenBy: error.cause) { connection = nil }
            } catch {
                failure = (error as? BeforeCommit)?.cause ?? error
                isUndecided = !(error is BeforeCommit) && error is PostgresFailure
                if present(connection, isBrokenBy: failure) { connection = nil }
                break
            }
        }
        if (failure as? PostgresFailure)?.isOfOneWrite ?? false, batch.count > 1 {
            for write in batch { commit([write], &connection, door, committed, onHead: onHead) }
            return
        }
        var error = AuthorityError(translating: failure)
        if isUndecided, case .storeUnavailable(let reason) = error { error = .storeUndecided(reason: reason) }
        for write in batch { write.fail(error) }
    }

    /// What went wrong when nothing can have been committed yet.
    private struct BeforeCommit: Error {
        let cause: any Error

        var isWorthAnotherTry: Bool {
            guard let cause = cause as? PostgresFailure else { return false }
            return cause.isWorthAnotherTry || cause.endsConnection
        }
    }

    private static func present(_ connection: PostgresConnection?, isBrokenBy error: any Error) -> Bool {
        (connection?.isBroken ?? true) || ((error as? PostgresFailure)?.endsConnection ?? false)
    }

    private static func commit(
        _ batch: [Write], on connection: PostgresConnection, _ committed: Counter, onHead: (UInt64) -> Void
    ) throws {
        let transaction = WriteTransaction(connection)
        var answers: [Answer] = []
        let place: (base: UInt64, head: UInt64?, rows: Int)
        do {
            var wants = Wants()
            for write in batch { wants += write.wants }
            try transaction.begin(wants, isAlone: batch.contains { $0.company == .alone })
            for write in batch { answers.append(try answer(of: write, transaction)) }
        } catch {
            transaction.rollBack()
            throw BeforeCommit(cause: error)
        }
        do {
            place = try transaction.commit()
        } catch {
            transaction.rollBack()
            // A statement that was refused took the whole transaction back. But when the server goes away at the commit, while it
            // waits for a standby, nobody knows.
            guard case .refused? = error as? PostgresFailure, (error as? PostgresFailure)?.endsConnection == false
            else { throw error }
            throw BeforeCommit(cause: error)
        }
        committed.commits.add(1, ordering: .relaxed)
        committed.rows.add(place.rows, ordering: .relaxed)
        for answer in answers { answer(.success(place.base)) }
        if let head = place.head { onHead(head) }
    }

    /// Performs one write of a batch; throws only what concerns them all.
    private static func answer(of write: Write, _ transaction: WriteTransaction) throws -> Answer {
        do {
            return try write.perform(transaction)
        } catch let error as AuthorityError {
            return { _ in write.fail(error) }
        }
    }
}
