import Exeunt
import Settlement
import Testing

@testable import PostgresStore

@Suite("A database with many subjects")
struct CrowdTests {
    @Test func `an opening reads its own subject and no others`() async throws {
        let uri = try TestCluster.makeDatabase()
        let store = try PostgresStore(uri: uri)
        let connection = try PostgresConnection(uri: uri.text)
        _ = try connection.exchange([
            Statement(
                """
                INSERT INTO subjects (name, version, epoch)
                SELECT 'user-' || n, 1, 1 FROM generate_series(1, 100000) AS n
                """)
        ])
        _ = try connection.exchange([Statement("ANALYZE")])
        let (before, at) = (try read(connection), Timestamp(milliseconds: 1_800_000_000_000))
        for number in 1...10 {
            let subject = try #require(Subject("user-\(number * 9999)"))
            let id = Identifier(high: 3, low: UInt64(number))
            _ = try await store.open(
                Opening(
                    id: id, subject: subject, clientID: "shop", device: Device(), at: at, authenticatedAt: at,
                    idleEnd: at + .seconds(3600), absoluteEnd: at + .seconds(86_400),
                    handleHash: SecretHash(of: id.bytes),
                    refreshFamilyHash: nil, revokedUntil: at + .seconds(960), by: .authority))
        }
        // Whose connections tell what they have read at the latest when they end.
        store.close()
        #expect(try read(connection) - before < 200)
    }

    /// How many subjects, and places of their names in the index, have been read so far.
    private func read(_ connection: PostgresConnection) throws -> Int64 {
        let result = try connection.exchange([
            Statement("SELECT pg_stat_clear_snapshot()"),
            Statement(
                """
                SELECT (t.seq_tup_read + i.idx_tup_read)::bigint
                FROM pg_stat_user_tables t, pg_stat_user_indexes i
                WHERE t.relname = 'subjects' AND i.indexrelname = 'subjects_name_key'
                """),
        ])
        return try #require(result.last?.first { $0.number(0) })
    }
}
