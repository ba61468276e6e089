import Exeunt
import Foundation
import GRDB
import Logging
import Settlement
import StoreConformance

@testable import SQLiteStore

/// A store in a folder of its own that goes with it.
final class TemporaryStore: Sendable {
    let folder: URL
    let store: SQLiteStore

    var path: String { folder.appending(path: "exeunt.sqlite").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "exeunt-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        store = try Self.open(folder.appending(path: "exeunt.sqlite").path)
    }

    deinit {
        store.close()
        try? FileManager.default.removeItem(at: folder)
    }

    static func open(_ path: String) throws -> SQLiteStore {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return try SQLiteStore(path: path, logger: logger)
    }

    /// Another opening of the same file, as another process would.
    func reopen() throws -> SQLiteStore { try Self.open(path) }

    func tested(_ wrap: (any Store) -> any Store = { $0 }, crowdSize: Int = 300, races: Int = 100) -> TestedStore {
        TestedStore(
            store: wrap(store),
            rowsWritten: { try await self.store.pool.writeWithoutTransaction(\.totalChangesCount) },
            crowd: { try await self.crowd($0, $1) }, crowdSize: crowdSize, races: races)
    }

    /// Gives a subject that many live sessions, in one statement.
    private func crowd(_ subject: Subject, _ count: Int) async throws {
        try await store.pool.write { db in
            let transaction = WriteTransaction(db)
            let row = try transaction.subjectRow(subject)
            let start: Int64 = 1_800_000_000_000
            try db.execute(
                sql: """
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
                    INSERT INTO sessions
                        (id, handle, subject, version, last_active_at, idle_end, absolute_end, sweep_at, generation,
                        rotated_at, created_at, authenticated_at, refresh_family, client)
                    SELECT randomblob(16), randomblob(32), ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, randomblob(32), 'shop' FROM n
                    """,
                arguments: [
                    row.number, row.version, start, start + 3_600_000, start + 86_400_000, start + 3_600_000, start,
                    start, start,
                ])
            try transaction.count(sessions: count, of: row.number)
        }
    }
}
