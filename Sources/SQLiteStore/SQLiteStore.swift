package import Exeunt
internal import Foundation
internal import GRDB
package import Logging
internal import Synchronization

/// The authority's store in one SQLite file, for one server process and any number of short-lived commands beside it.
///
/// Write-ahead logging with `synchronous=FULL`: a verb that has answered is on the disk. All writes go through one
/// queue, where those that arrive together share a commit; reads have connections of their own and wait for nobody.
package final class SQLiteStore: Store {
    let pool: DatabasePool
    let commits: CommitQueue
    let watcher: HeadWatcher
    let file: DatabaseFile
    let path: String
    private let lookUps: LookUps
    /// For reads that may take seconds, one at a time, so that they never hold up the short ones.
    private let slow: DatabasePool

    /// Opens the database at `path`, making it (mode 0600) when there is none, and brings its tables up to date.
    ///
    /// Throws `storeUnavailable` when it cannot be opened, is not ours, or was written by a newer program.
    package init(path: String, logger: Logger) throws(AuthorityError) {
        do {
            let file = try DatabaseFile(at: path, logger: logger)
            let pool = try Self.openPool(at: path)
            slow = try Self.openSlowReader(at: path)
            let lookUps = try LookUps(path: path)
            let watcher = HeadWatcher(head: try lookUps.read(Self.head)) { try? lookUps.read(Self.head) }
            commits = CommitQueue(pool: pool, file: file) { watcher.publish($0) }
            self.file = file
            self.pool = pool
            self.lookUps = lookUps
            self.watcher = watcher
            self.path = path
        } catch {
            throw AuthorityError(translating: error)
        }
    }

    /// Finishes the writes under way and closes the file; every verb throws `storeUnavailable` from then on.
    ///
    /// For the end of the program, when nobody asks any more: a list that is read at that moment is waited for, but one
    /// that is just about to be may find the file half closed.
    package func close() {
        guard commits.close() else { return }
        watcher.close()
        lookUps.close()
        try? slow.close()
        // With no reader left the log goes into the database whole, so that the one file is all there is.
        try? pool.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        try? pool.close()
    }

    /// How many transactions have been committed since the start; with many writers at once, far fewer than writes.
    package var commitCount: Int { commits.commits }

    // MARK: Ways in

    /// Reads one thing by an index, on the calling thread: a hop to another one and back would cost more than that.
    ///
    /// It is fit for an asynchronous function because it is bounded: a single statement that touches a few pages, on a
    /// connection that no writer and no other reader holds up.
    func lookUp<Value>(_ read: (Database) throws -> Value) throws(AuthorityError) -> Value {
        do { return try lookUps.read(read) } catch { throw AuthorityError(translating: error) }
    }

    /// The newest `seq` of the log.
    static func head(_ db: Database) throws -> UInt64 { try position(db).seq }

    /// How far the store has come.
    static func position(_ db: Database) throws -> LogPosition {
        let row = try db.first("SELECT epoch, head FROM authority WHERE id = 1") { ($0.number(0), $0.number(1)) }
        guard let row else { throw AuthorityError.corrupted("a row that is always there is missing") }
        return LogPosition(epoch: UInt64(clamping: row.0), seq: UInt64(clamping: row.1))
    }

    /// Reads a page of something, off the calling thread and in one state of the database.
    func readPage<Value: Sendable>(
        _ read: @escaping @Sendable (Database) throws -> Value
    ) async throws(AuthorityError) -> Value {
        do { return try await pool.read(read) } catch { throw AuthorityError(translating: error) }
    }

    /// Reads as much as it takes, off the calling thread and in one state of the database.
    func readAtLength<Value: Sendable>(
        _ read: @escaping @Sendable (Database) throws -> Value
    ) async throws(AuthorityError) -> Value {
        do { return try await slow.read(read) } catch { throw AuthorityError(translating: error) }
    }
}
