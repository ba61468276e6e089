import Exeunt
import Foundation
import GRDB
import Settlement
import Testing

@testable import SQLiteStore

@Suite("The file")
struct FileTests {
    @Test func `is for its owner's eyes alone, and so are the files beside it`() async throws {
        let temporary = try TemporaryStore()
        _ = try await temporary.open()
        for suffix in ["", "-wal", "-shm"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: temporary.path + suffix)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "exeunt.sqlite\(suffix)")
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: temporary.path)
        try temporary.reopen().close()
        let attributes = try FileManager.default.attributesOfItem(atPath: temporary.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `keeps what was answered when the process is killed`() async throws {
        let temporary = try TemporaryStore()
        let opened = try await temporary.open(20)
        for session in opened.prefix(10) { try await temporary.end(session) }
        // What a killed process leaves: the file and its log as they are, with no goodbye.
        let copy = temporary.folder.appending(path: "copy.sqlite").path
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: temporary.path + suffix, toPath: copy + suffix)
        }
        let store = try TemporaryStore.open(copy)
        defer { store.close() }
        for (index, session) in opened.enumerated() {
            let isLive = try await store.session(session.id, at: TemporaryStore.start) != nil
            #expect(isLive == (index >= 10))
        }
        #expect(try await store.head() == 10)
        #expect(try await store.diagnose(at: TemporaryStore.start).problems == [])
    }

    @Test func `is all there is after a clean stop`() async throws {
        let temporary = try TemporaryStore()
        let opened = try await temporary.open(20)
        _ = try await temporary.store.session(opened[0].id, at: TemporaryStore.start)
        _ = try await temporary.store.diagnose(at: TemporaryStore.start)
        temporary.store.close()
        let copy = temporary.folder.appending(path: "copy.sqlite").path
        try FileManager.default.copyItem(atPath: temporary.path, toPath: copy)
        let store = try TemporaryStore.open(copy)
        defer { store.close() }
        for session in opened { #expect(try await store.session(session.id, at: TemporaryStore.start) != nil) }
    }

    @Test func `is whole however its log was torn`() async throws {
        let temporary = try TemporaryStore()
        let opened = try await temporary.open(8)
        for session in opened { try await temporary.end(session) }
        let log = try Data(contentsOf: URL(fileURLWithPath: temporary.path + "-wal"))
        for cut in stride(from: log.count, to: log.count - 40_000, by: -997) where cut > 0 {
            let copy = temporary.folder.appending(path: "torn-\(cut).sqlite").path
            try FileManager.default.copyItem(atPath: temporary.path, toPath: copy)
            try log.prefix(cut).write(to: URL(fileURLWithPath: copy + "-wal"))
            let store = try TemporaryStore.open(copy)
            #expect(try await store.diagnose(at: TemporaryStore.start).problems == [])
            // The endings that are left are the first ones, and no session of them is back.
            let head = Int(try await store.head())
            for (index, session) in opened.enumerated() where head > 0 {
                let isLive = try await store.session(session.id, at: TemporaryStore.start) != nil
                #expect(isLive == (index >= head))
            }
            store.close()
        }
    }

    @Test func `is brought up to date once, by however many open it at once`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "exeunt-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for round in 0..<5 {
            let path = folder.appending(path: "\(round).sqlite").path
            let stores = try await withThrowingTaskGroup(of: SQLiteStore.self) { group in
                for _ in 0..<6 { group.addTask { try TemporaryStore.open(path) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for store in stores {
                #expect(try await store.diagnose(at: TemporaryStore.start).problems == [])
                #expect(try await store.diagnose(at: TemporaryStore.start).schemaVersion == String(Schema.version))
            }
            for store in stores { store.close() }
            try TemporaryStore.open(path).close()
        }
    }

    @Test func `is not touched by a program that is older than it`() async throws {
        let temporary = try TemporaryStore()
        try await temporary.execute("PRAGMA user_version = 99")
        #expect(
            throws: AuthorityError.storeUnavailable(
                reason: "the database is of version 99; this program knows versions up to \(Schema.version)")
        ) {
            try temporary.reopen()
        }
    }

    @Test func `is watched for what another process commits`() async throws {
        let temporary = try TemporaryStore()
        let opened = try await temporary.open(2)
        let other = try temporary.reopen()
        defer { other.close() }
        var heads = other.heads().makeAsyncIterator()
        try await temporary.end(opened[0])
        #expect(await heads.next() == 1)
        try await temporary.end(opened[1])
        #expect(await heads.next() == 2)
        #expect(try await other.session(opened[1].id, at: TemporaryStore.start) == nil)
    }

    @Test func `is written by two processes in turn, without a gap in the log`() async throws {
        let temporary = try TemporaryStore()
        let other = try temporary.reopen()
        defer { other.close() }
        let opened = try await temporary.open(60)
        try await temporary.atOnce(opened.enumerated().map { (index: $0, session: $1) }) { index, session in
            let store = index % 2 == 0 ? temporary.store : other
            let at = TemporaryStore.start
            _ = try await store.end(
                Ending(
                    .session(session.id, owner: nil), reason: .signedOut, at: at, revokedUntil: at + .seconds(960),
                    by: .authority))
        }
        let log = try await other.log(after: 0, limit: 1000)
        #expect(log.map(\.revocation.seq) == Array(1...60))
    }

    @Test func `is seen to be damaged by the diagnosis`() async throws {
        let temporary = try TemporaryStore()
        _ = try await temporary.open("ada", remember: true)
        try await temporary.end(try await temporary.open("grace"))
        try await temporary.end(try await temporary.open("grace"))
        let wounds = [
            ("UPDATE authority SET head = 1", "records that the log's head does not cover: 1"),
            ("DELETE FROM revocations WHERE seq = 2", "records missing at the log's head: 1"),
            ("UPDATE subjects SET live_sessions = 7 WHERE name = 'ada'", "subjects whose count of sessions is not"),
            ("UPDATE subjects SET live_remembered = 0", "subjects whose count of remembered logins is not"),
            ("UPDATE sessions SET version = 9", "sessions of a version that their subject has not reached: 1"),
            ("UPDATE sessions SET version = 0", "ended sessions that nothing would ever sweep: 1"),
            ("UPDATE sessions SET sweep_at = idle_end + 1", "sessions that the sweeper would look at too late: 1"),
            ("UPDATE subjects SET epoch = 9", "subjects of an epoch that has not come: 2"),
        ]
        for (wound, finding) in wounds {
            let copy = temporary.folder.appending(path: "\(UUID().uuidString).sqlite").path
            try temporary.store.pool.backup(to: DatabaseQueue(path: copy))
            let store = try TemporaryStore.open(copy)
            #expect(try await store.diagnose(at: TemporaryStore.start).problems == [])
            try await store.pool.write { try $0.execute(sql: wound) }
            let problems = try await store.diagnose(at: TemporaryStore.start).problems
            #expect(problems.contains { $0.hasPrefix(finding) }, "\(wound): \(problems)")
            store.close()
        }
    }
}
