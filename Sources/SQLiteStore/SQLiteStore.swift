package import Exeunt
internal import Foundation
internal import GRDB
package import Logging
internal import Synchronization

/// The authority's store in one SQLite file, for one server process and any number of short-lived commands beside it.
///
/// Write-ahead logging with `synchronous=FULL`: a verb that has answered is on the disk. All writes go through one queue,
/// where those that arrive together share a commit; reads have connections of their own and wait for nobody.
package final class SQLiteStore: Store {
    let pool: DatabasePool
    let commits: CommitQueue
    let watcher: HeadWatcher
    let path: String
    /// For reads that may take seconds, one at a time, so that they never hold up the short ones.
    private let slow: DatabaseQueue

    /// Opens the database at `path`, making it (mode 0600) when there is none, and brings its tables up to date.
    ///
    /// Throws `storeUnavailable` when it cannot be opened, is not ours, or was written by a newer program.
    package init(path: String, logger: Logger) throws(AuthorityError) {
        do {
            try DatabaseFile.prepare(at: path, logger: logger)
            let pool = try Self.openPool(at: path)
            slow = try DatabaseQueue(path: path, configuration: Self.readerConfiguration)
            let head = try pool.read { UInt64(clamping: try $0.number("SELECT head FROM authority WHERE id = 1")) }
            let watcher = HeadWatcher(head: head) {
                try? pool.unsafeRead { UInt64(clamping: try $0.number("SELECT head FROM authority WHERE id = 1")) }
            }
            commits = CommitQueue(pool: pool) { watcher.publish($0) }
            self.pool = pool
            self.watcher = watcher
            self.path = path
        } catch {
            throw AuthorityError(translating: error)
        }
    }

    /// Finishes the writes under way and closes the file; every verb throws `storeUnavailable` from then on.
    package func close() {
        watcher.close()
        commits.close()
        try? pool.close()
        try? slow.close()
    }

    // MARK: Ways in

    /// Reads one thing by an index, on the calling thread.
    ///
    /// A hop to another thread and back would cost several times as much as the lookup. Such a read is bounded: a single
    /// statement that touches a few pages, on a connection that no writer blocks. One statement sees one state of the
    /// database, so it needs no transaction either.
    func lookUp<Value>(_ read: (Database) throws -> Value) throws(AuthorityError) -> Value {
        do { return try pool.unsafeRead(read) } catch { throw AuthorityError(translating: error) }
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
