import Exeunt
import Foundation
import GRDB
import Settlement
import Testing

@testable import SQLiteStore

@Suite("Group commit")
struct GroupCommitTests {
    @Test func `sign-outs that arrive while the disk is busy share one flush`() async throws {
        let temporary = try TemporaryStore()
        let opened = try await temporary.open(64)
        let before = temporary.store.commits.commits
        let disk = DispatchSemaphore(value: 0)
        temporary.store.pool.asyncWriteWithoutTransaction { _ in disk.wait() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for session in opened { group.addTask { try await temporary.end(session) } }
            while temporary.store.commits.waiting < opened.count { await Task.yield() }
            #expect(try await temporary.store.head() == 0)
            disk.signal()
            try await group.waitForAll()
        }
        #expect(temporary.store.commits.commits - before == 1)
        #expect(try await temporary.store.head() == 64)
    }

    @Test func `an answered sign-out is seen by another connection at once`() async throws {
        let temporary = try TemporaryStore()
        let other = try temporary.reopen()
        defer { other.close() }
        let opened = try await temporary.open(64)
        try await temporary.atOnce(opened) { session in
            try await temporary.end(session)
            #expect(try await other.session(session.id, at: TemporaryStore.start) == nil)
        }
    }

    @Test func `a commit is flushed to the disk`() async throws {
        let temporary = try TemporaryStore()
        let (synchronous, mode) = try await temporary.store.pool.writeWithoutTransaction { db in
            (try Int.fetchOne(db, sql: "PRAGMA synchronous"), try String.fetchOne(db, sql: "PRAGMA journal_mode"))
        }
        #expect(synchronous == 2)
        #expect(mode == "wal")
    }

    @Test func `a caller that gives up does not stop the write that it shares`() async throws {
        let temporary = try TemporaryStore()
        let opened = try await temporary.open(32)
        await withTaskGroup(of: Void.self) { group in
            for session in opened { group.addTask { _ = try? await temporary.end(session) } }
            group.cancelAll()
        }
        for session in opened {
            #expect(try await temporary.store.session(session.id, at: TemporaryStore.start) == nil)
        }
        #expect(try await temporary.store.head() == 32)
    }

    @Test func `more writes than may wait are told to come back, and have changed nothing`() async throws {
        let temporary = try TemporaryStore()
        let release = DispatchSemaphore(value: 0)
        temporary.store.pool.asyncWriteWithoutTransaction { _ in release.wait() }
        let answers = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<Limits.pendingWrites + 500 {
                group.addTask {
                    do throws(AuthorityError) {
                        try await temporary.store.record(
                            AuditEvent(.signInFailed, at: TemporaryStore.start, by: .authority))
                        return true
                    } catch {
                        #expect(error == .overloaded)
                        return false
                    }
                }
            }
            group.addTask {
                // By now the others have found the queue full, or wait in it.
                while temporary.store.commits.waiting < Limits.pendingWrites { await Task.yield() }
                release.signal()
                return false
            }
            var answers: [Bool] = []
            for await answer in group { answers.append(answer) }
            return answers
        }
        let accepted = answers.filter { $0 }.count
        #expect(accepted >= Limits.pendingWrites)
        let written = try await temporary.store.pool.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM audit_events")
        }
        #expect(written == accepted)
    }

    @Test func `a store that is closed says so`() async throws {
        let temporary = try TemporaryStore()
        let opened = try await temporary.open(1)
        temporary.store.close()
        await #expect(throws: AuthorityError.storeUnavailable(reason: "the store is closed")) {
            try await temporary.end(opened[0])
        }
        await #expect(throws: AuthorityError.self) { try await temporary.store.head() }
        await #expect(throws: AuthorityError.self) { try await temporary.store.diagnose(at: TemporaryStore.start) }
        for await _ in temporary.store.heads() { Issue.record("a closed store has no heads") }
    }
}
