import Exeunt
import Foundation
import GRDB
import Settlement
import StoreConformance
import Testing

@testable import SQLiteStore

@Suite("The outbox in the file")
struct OutboxTests {
    private let start = TemporaryStore.start

    private func listen(_ store: SQLiteStore) async throws -> Receiver {
        try await store.add(
            Client(id: "shop", name: "Shop", secretHash: nil, scopes: [], createdAt: start), by: .authority)
        let receiver = Receiver(
            id: TemporaryStore.identifier(), clientID: "shop", kind: .webhook, hears: .all,
            endpoint: "https://shop.example.test", createdAt: start)
        try await store.add(receiver, by: .authority)
        return receiver
    }

    private func sweep(_ store: SQLiteStore, at now: Timestamp) async throws {
        while try await store.sweep(
            at: now, revokedUntil: now + .seconds(960), auditBefore: Timestamp(milliseconds: 0)) > 0
        {}
    }

    @Test func `an ending and its place are on the disk together or not at all, however the log was torn`() async throws
    {
        let temporary = try TemporaryStore()
        _ = try await listen(temporary.store)
        for session in try await temporary.open(8) { try await temporary.end(session) }
        let log = try Data(contentsOf: URL(fileURLWithPath: temporary.path + "-wal"))
        var heads: Set<UInt64> = []
        for cut in stride(from: log.count, to: log.count - 60_000, by: -997) where cut > 0 {
            let copy = temporary.folder.appending(path: "torn-\(cut).sqlite").path
            try FileManager.default.copyItem(atPath: temporary.path, toPath: copy)
            try log.prefix(cut).write(to: URL(fileURLWithPath: copy + "-wal"))
            let store = try TemporaryStore.open(copy)
            let head = try await store.head()
            #expect(try await store.outboxHead() == head)
            #expect(try await store.endedSessions(after: 0, limit: 100).count == Int(head))
            heads.insert(head)
            store.close()
        }
        #expect(heads.count > 2, "\(heads)")
    }

    @Test func `a file of an earlier version is brought up to date, with what it has left to the sweeper`() async throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "exeunt-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "exeunt.sqlite").path
        let old = try DatabaseQueue(path: path)
        try await old.write { db in
            for step in Schema.steps[..<3] { try db.execute(sql: step) }
            try db.execute(
                sql: """
                    PRAGMA application_id = \(Schema.applicationID);
                    PRAGMA user_version = 3;
                    INSERT INTO clients (id, name, scopes, created_at) VALUES ('shop', 'Shop', 'sessions', 1);
                    INSERT INTO subjects (name, version, epoch, live_sessions) VALUES ('ada', 2, 1, 1), ('bob', 1, 1, 1);
                    INSERT INTO stale_subjects (subject) VALUES (1);
                    """)
            for (subject, version) in [(1, 1), (1, 2), (2, 1)] {
                try db.execute(
                    sql: """
                        INSERT INTO sessions (id, handle, subject, version, last_active_at, idle_end, absolute_end, sweep_at,
                            generation, rotated_at, created_at, authenticated_at, client, upstream_issuer, upstream_session)
                        VALUES (randomblob(16), randomblob(32), ?, ?, ?1, ?3, ?3, ?3, 0, ?1, ?1, ?1, 'shop', 'issuer', 'sid')
                        """.replacingOccurrences(of: "?1", with: "\(start.milliseconds)").replacingOccurrences(
                            of: "?3", with: "\(start.milliseconds + 3_600_000)"),
                    arguments: [subject, version])
            }
        }
        try old.close()
        let store = try TemporaryStore.open(path)
        defer { store.close() }
        #expect(try await store.client("shop")?.postLogoutRedirectURIs == [])
        var receiver = Receiver(
            id: TemporaryStore.identifier(), clientID: "shop", kind: .eventPoll, hears: .own, endpoint: nil,
            createdAt: start)
        try await store.add(receiver, by: .authority)
        receiver.status = .paused
        _ = try await store.update(receiver, at: start, by: .authority)
        try await sweep(store, at: start)
        let told = try await store.endedSessions(after: 0, limit: 10)
        #expect(told.map(\.subject.name) == ["ada"] && told.map(\.reason) == [.signedOutEverywhere])
        let ended = try await store.end(
            Ending(
                .upstream(issuer: "issuer", session: "sid", subject: nil), reason: .providerLogout, at: start,
                revokedUntil: start + .seconds(960), by: .authority))
        #expect(ended.sessions == 2)
        #expect(try await store.diagnose(at: start).problems == [])
    }

    @Test func `there is an end to receivers`() async throws {
        let temporary = try TemporaryStore()
        var receiver = try await listen(temporary.store)
        try await temporary.store.pool.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < \(Limits.receivers))
                    INSERT INTO receivers (id, client, kind, hears, events, status, created_at, through)
                    SELECT randomblob(16), 'shop', 'webhook', 'own', '', 'disabled', 1, 0 FROM n
                    """)
        }
        receiver.id = TemporaryStore.identifier()
        await #expect(throws: AuthorityError.tooManyReceivers) {
            try await temporary.store.add(receiver, by: .authority)
        }
        #expect(try await temporary.store.receivers().count == Limits.receivers)
    }

    @Test func `is seen to be damaged by the diagnosis`() async throws {
        let temporary = try TemporaryStore()
        let receiver = try await listen(temporary.store)
        try await temporary.end(try await temporary.open("ada"))
        var opening = try temporary.opening("grace")
        opening.wantsStatusIndex = true
        _ = try await temporary.store.open(opening)
        let ended = try #require(try await temporary.store.endedSessions(after: 0, limit: 1).first)
        try await temporary.store.note([
            DeliveryReport(
                receiver: receiver.id, progress: receiver.progress,
                givenUp: [DeadLetter(receiver: receiver.id, ended: ended, why: "410", at: start)])
        ])
        let wounds = [
            ("UPDATE receivers SET through = 2", "receivers beyond the outbox's head: 1"),
            ("UPDATE authority SET outbox_head = 0", "endings beyond the outbox's head: 1"),
            ("DELETE FROM clients", "receivers of no client: 1"),
            ("PRAGMA foreign_keys = OFF; DELETE FROM receivers", "dead letters of nobody: 1"),
            ("UPDATE authority SET status_indices = 0", "places in the status lists that were never given: 1"),
        ]
        for (wound, finding) in wounds {
            let copy = temporary.folder.appending(path: "\(UUID().uuidString).sqlite").path
            try temporary.store.pool.backup(to: DatabaseQueue(path: copy))
            let store = try TemporaryStore.open(copy)
            #expect(try await store.diagnose(at: start).problems == [])
            try await store.pool.writeWithoutTransaction { try $0.execute(sql: wound) }
            let problems = try await store.diagnose(at: start).problems
            #expect(problems.contains(finding), "\(wound): \(problems)")
            store.close()
        }
    }
}
