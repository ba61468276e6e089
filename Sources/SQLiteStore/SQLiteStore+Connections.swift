internal import Exeunt
internal import Foundation
internal import GRDB

/// The connections to the file.
extension SQLiteStore {
    /// How long a writer waits for another process to let go of the lock.
    private static let busyTimeout: TimeInterval = 5

    static var readerConfiguration: Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(busyTimeout)
        return configuration
    }

    /// A pool whose writer flushes at each commit, over tables that are up to date.
    static func openPool(at path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeout)
        // Short reads run on the callers' threads, of which there are as many as cores; pages have a few of their own.
        configuration.maximumReaderCount = ProcessInfo.processInfo.activeProcessorCount + 4
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
