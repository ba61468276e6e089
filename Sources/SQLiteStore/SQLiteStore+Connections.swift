internal import Exeunt
internal import Foundation
internal import GRDB

/// The connections to the file.
extension SQLiteStore {
    /// How long a writer waits for another process to let go of the lock.
    static let busyTimeout: TimeInterval = 5

    /// Pages that are read at once; more wait.
    private static let pageReaders = 4

    /// One connection that only reads.
    static func openSlowReader(at path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(busyTimeout)
        configuration.maximumReaderCount = 1
        return try DatabasePool(path: path, configuration: configuration)
    }

    /// A pool whose writer flushes at each commit, over tables that are up to date.
    static func openPool(at path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeout)
        configuration.maximumReaderCount = pageReaders
        let pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction { db in
            // The driver turns this down to NORMAL, which loses the last commits with the power.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // Pages that many commits touch go to the file once in 16 MB of log; a burst's log is cut back to 64 MB.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
            try db.execute(sql: "PRAGMA journal_size_limit = \(64 << 20)")
            guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2 else {
                throw AuthorityError.storeUnavailable(reason: "SQLite does not flush at each commit here")
            }
            try Schema.migrate(db)
        }
        return pool
    }
}
