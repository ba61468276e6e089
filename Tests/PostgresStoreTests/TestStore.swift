import Exeunt
import Settlement
import StoreConformance

@testable import PostgresStore

/// A store in a database of its own.
final class TestStore: Sendable {
    let uri: DatabaseURI
    let store: PostgresStore

    init() throws {
        uri = try TestCluster.makeDatabase()
        store = try PostgresStore(uri: uri)
    }

    deinit { store.close() }

    func tested(_ wrap: (any Store) -> any Store = { $0 }, crowdSize: Int = 300, races: Int = 100) -> TestedStore {
        TestedStore(
            store: wrap(store), rowsWritten: { self.store.writes.rowsWritten }, crowd: { try await self.crowd($0, $1) },
            crowdSize: crowdSize, races: races)
    }

    /// Gives a subject that many live sessions, in slices that even a busy machine writes within the time that a statement has.
    private func crowd(_ subject: Subject, _ count: Int) async throws {
        for from in stride(from: 1, through: count, by: Self.slice) {
            try await crowd(subject, from...min(count, from + Self.slice - 1))
        }
    }

    private static let slice = 10_000

    private func crowd(_ subject: Subject, _ numbers: ClosedRange<Int>) async throws {
        let start: Int64 = 1_800_000_000_000
        try await store.writes.write(.subject(subject)) { transaction in
            let row = try transaction.subjectRow(subject)
            _ = try transaction.read(
                """
                INSERT INTO sessions
                    (id, handle, subject, version, last_active_at, idle_end, absolute_end, sweep_at, generation,
                    rotated_at, created_at, authenticated_at, refresh_family, client)
                SELECT substr(sha256(convert_to($1 || i, 'UTF8')), 1, 16), sha256(convert_to($1 || i || 'h', 'UTF8')),
                    $2, $3, $4, $5, $6, $5, 0, $4, $4, $4, sha256(convert_to($1 || i || 'f', 'UTF8')), 'shop'
                FROM generate_series($7::bigint, $8::bigint) AS i
                """,
                [
                    .text(subject.name), .number(row.number), .number(row.version), .number(start),
                    .number(start + 3_600_000), .number(start + 86_400_000), .number(Int64(numbers.lowerBound)),
                    .number(Int64(numbers.upperBound)),
                ])
            transaction.count(sessions: numbers.count, of: row)
            return { _ in }
        }
    }
}
