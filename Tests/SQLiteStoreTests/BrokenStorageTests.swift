import Exeunt
import Foundation
import GRDB
import Settlement
import Testing

@testable import SQLiteStore

/// What happens when the disk or the file does not do what it should: nothing is ended, nobody is told that it was, and
/// all goes on once it does again.
@Suite("Broken storage")
struct BrokenStorageTests {
    /// Something that keeps the store from writing, and its remedy.
    struct Trouble: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let reason: String
        let begin: String
        let end: String
    }

    static let troubles = [
        Trouble(
            testDescription: "a full disk", reason: "the disk is full", begin: "PRAGMA max_page_count = 1",
            end: "PRAGMA max_page_count = 1073741823"),
        Trouble(
            testDescription: "a read-only database", reason: "the database is read-only",
            begin: "PRAGMA query_only = 1",
            end: "PRAGMA query_only = 0"),
    ]

    @Test(arguments: troubles)
    func `a sign-out that cannot be written leaves the session live, and says so`(_ trouble: Trouble) async throws {
        let temporary = try TemporaryStore()
        // A pile of sessions, so that writing more needs new pages.
        let opened = try await temporary.open(40)
        try await temporary.execute(trouble.begin)
        let refusal = AuthorityError.storeUnavailable(reason: trouble.reason)
        var refused = 0
        for _ in 0..<200 where refused == 0 {
            // Whether a write needs a page that is not there depends on what is free.
            do throws(AuthorityError) { _ = try await temporary.store.open(temporary.opening(long: true)) } catch {
                #expect(error == refusal)
                refused += 1
            }
        }
        #expect(refused == 1, "nothing was refused")
        let head = try await temporary.store.head()
        let live = try await temporary.liveIDs()
        try await temporary.execute(trouble.begin)
        let results = await withTaskGroup(of: Bool.self) { group in
            for session in opened {
                group.addTask {
                    do throws(AuthorityError) {
                        try await temporary.end(session)
                        return true
                    } catch {
                        #expect(error == refusal)
                        return false
                    }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(try await temporary.store.head() == head + UInt64(results))
        #expect(try await temporary.liveIDs().count == live.count - results)
        #expect(results < 40)

        try await temporary.execute(trouble.end)
        for session in opened { try await temporary.end(session) }
        for session in opened {
            #expect(try await temporary.store.session(session.id, at: TemporaryStore.start) == nil)
        }
        #expect(try await temporary.store.diagnose(at: TemporaryStore.start).problems == [])
    }

    @Test func `a full disk refuses everything of a batch, and nothing of it stays`() async throws {
        let temporary = try TemporaryStore()
        let opened = try await temporary.open(1)[0]
        let before = try await temporary.liveIDs()
        let full = DatabaseError(resultCode: .SQLITE_FULL)
        let answers = await withTaskGroup(of: Bool.self) { group in
            let release = DispatchSemaphore(value: 0)
            temporary.store.pool.asyncWriteWithoutTransaction { _ in release.wait() }
            for index in 0..<20 {
                group.addTask {
                    do throws(AuthorityError) {
                        try await temporary.store.commits.write { transaction in
                            if index == 10 { throw full }
                            _ = try transaction.open(temporary.opening())
                        }
                        return true
                    } catch {
                        #expect(error == .storeUnavailable(reason: "the disk is full"))
                        return false
                    }
                }
            }
            while temporary.store.commits.waiting < 20 { await Task.yield() }
            release.signal()
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(answers == 0)
        #expect(try await temporary.liveIDs() == before)
        try await temporary.end(opened)
        #expect(try await temporary.liveIDs() == [])
    }

    @Test func `a refusal of one write of a batch takes back that one alone`() async throws {
        let temporary = try TemporaryStore()
        let release = DispatchSemaphore(value: 0)
        temporary.store.pool.asyncWriteWithoutTransaction { _ in release.wait() }
        let duplicate = try temporary.opening()
        let accepted = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<20 {
                group.addTask {
                    do throws(AuthorityError) {
                        try await temporary.store.commits.write { transaction in
                            _ = try transaction.open(temporary.opening())
                            // The same identifiers twice, and a refusal after something was written.
                            if index < 2 { _ = try transaction.open(duplicate) }
                            if index == 2 { throw AuthorityError.tooManySessions }
                        }
                        return true
                    } catch {
                        return false
                    }
                }
            }
            while temporary.store.commits.waiting < 20 { await Task.yield() }
            release.signal()
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(accepted == 18)
        #expect(try await temporary.liveIDs().count == 19)
        #expect(try await temporary.store.diagnose(at: TemporaryStore.start).problems == [])
    }

    @Test func `a write waits for another process, and gives up when that keeps the lock`() async throws {
        let temporary = try TemporaryStore()
        let opened = try await temporary.open(2)
        let other = try DatabaseQueue(path: temporary.path)
        try await other.writeWithoutTransaction { db in try db.execute(sql: "BEGIN IMMEDIATE; ROLLBACK") }
        let lock = try Lock(path: temporary.path)
        async let first: Ended = temporary.end(opened[0])
        try await Task.sleep(for: .milliseconds(100))
        #expect(try await temporary.store.session(opened[0].id, at: TemporaryStore.start) != nil)
        lock.release()
        #expect(try await first.sessions == 1)

        let kept = try Lock(path: temporary.path)
        await #expect(
            throws: AuthorityError.storeUnavailable(reason: "another process has kept the database locked")
        ) {
            try await temporary.end(opened[1])
        }
        #expect(try await temporary.store.session(opened[1].id, at: TemporaryStore.start) != nil)
        kept.release()
        #expect(try await temporary.end(opened[1]).sessions == 1)
    }

    @Test func `a sign-out is not written to a file that has been moved away`() async throws {
        let temporary = try TemporaryStore()
        let opened = try await temporary.open(1)[0]
        let files = FileManager.default
        try files.moveItem(atPath: temporary.path, toPath: temporary.path + ".moved")
        for makesNew in [false, true] {
            if makesNew { try Data().write(to: URL(fileURLWithPath: temporary.path)) }
            let refusal = AuthorityError.storeUnavailable(reason: "the database file has been moved or deleted")
            await #expect(throws: refusal) { try await temporary.end(opened) }
            await #expect(throws: refusal) { try await temporary.store.ping() }
        }
        try files.removeItem(atPath: temporary.path)
        try files.moveItem(atPath: temporary.path + ".moved", toPath: temporary.path)
        try await temporary.store.ping()
        #expect(try await temporary.end(opened).sessions == 1)
    }

    @Test func `a file that is not ours is left alone`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "exeunt-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let foreign = folder.appending(path: "foreign.sqlite").path
        let queue = try DatabaseQueue(path: foreign)
        try queue.write { try $0.execute(sql: "CREATE TABLE theirs (x)") }
        try queue.close()
        #expect(throws: AuthorityError.storeUnavailable(reason: "the file is not an Exeunt database")) {
            try TemporaryStore.open(foreign)
        }
        let text = folder.appending(path: "text")
        try Data("not a database at all, but long enough to be one".utf8).write(to: text)
        #expect(throws: AuthorityError.storeUnavailable(reason: "the database file is damaged")) {
            try TemporaryStore.open(text.path)
        }
        #expect(throws: AuthorityError.self) { try TemporaryStore.open(folder.appending(path: "no/such/folder").path) }
    }
}

/// Another process's lock on the file, as far as SQLite can tell.
private final class Lock: Sendable {
    private let queue: DatabaseQueue

    init(path: String) throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
    }

    func release() { try? queue.inDatabase { try $0.execute(sql: "ROLLBACK") } }
}

extension TemporaryStore {
    func execute(_ sql: String) async throws {
        try await store.pool.writeWithoutTransaction { try $0.execute(sql: sql) }
    }

    func liveIDs() async throws -> Set<Identifier> {
        var ids: Set<Identifier> = []
        var next: String?
        repeat {
            let page = try await store.sessions(of: nil, after: next, limit: 100, at: Self.start)
            ids.formUnion(page.sessions.map(\.id))
            next = page.next
        } while next != nil
        return ids
    }

    /// An opening that takes much room.
    fileprivate func opening(long: Bool) throws(AuthorityError) -> Opening {
        do {
            var opening = try opening()
            opening.device = Device(
                userAgent: String(repeating: "x", count: 512), label: String(repeating: "x", count: 200))
            return opening
        } catch {
            throw .invalidArgument("the opening")
        }
    }
}
