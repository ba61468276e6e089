import Exeunt
import Foundation
import Logging
import PostgresStore
import SQLiteStore
import Settlement
import StoreConformance
import Synchronization
import Testing

@Suite("Moving from SQLite to PostgreSQL")
struct TransferTests {
    /// A store on its way, which loses or spoils something.
    private struct Spoilt: TransferTarget {
        let base: PostgresStore
        let spoil: @Sendable (inout [[StoredValue]], StoredTable) -> Void

        func add(_ rows: [[StoredValue]], to table: StoredTable) async throws(AuthorityError) {
            var rows = rows
            spoil(&rows, table)
            try await base.add(rows, to: table)
        }

        func rows(of table: StoredTable, after: Int64, limit: Int) async throws(AuthorityError) -> [[StoredValue]] {
            try await base.rows(of: table, after: after, limit: limit)
        }

        func count(of table: StoredTable) async throws(AuthorityError) -> Int { try await base.count(of: table) }
        func nodes() async throws(AuthorityError) -> [AuthorityNode] { try await base.nodes() }
        func renew(_ node: AuthorityNode) async throws(AuthorityError) -> NodeRenewal { try await base.renew(node) }
        func finishTransfer() async throws(AuthorityError) { try await base.finishTransfer() }

        func beginTransfer(from source: String) async throws(AuthorityError) -> [String: Int64] {
            try await base.beginTransfer(from: source)
        }
    }

    private let now = Timestamp(milliseconds: 1_800_000_000_000)

    /// A SQLite store with a life behind it, for as long as `body` runs.
    private func withSource(_ body: (SQLiteStore) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "exeunt-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let store = try SQLiteStore(path: folder.appending(path: "exeunt.sqlite").path, logger: logger)
        defer { store.close() }
        try await fillOutbox(store)
        for number in 0..<40 {
            let subject = try #require(Subject("user-\(number % 7)"))
            let id = Identifier(high: 3, low: UInt64(number))
            var opening = Opening(
                id: id, subject: subject, clientID: "shop", device: Device(userAgent: "Firefox"),
                upstream: .init(issuer: "https://a.example.test", session: "\(number)", subject: "them"), at: now,
                authenticatedAt: now, idleEnd: now + .seconds(3600), absoluteEnd: now + .seconds(86_400),
                handleHash: SecretHash(of: id.bytes), refreshFamilyHash: nil, revokedUntil: now + .seconds(960),
                by: .authority)
            opening.wantsStatusIndex = number.isMultiple(of: 5)
            let session = try await store.open(opening)
            guard number.isMultiple(of: 3) else { continue }
            _ = try await store.end(
                Ending(
                    number.isMultiple(of: 2) ? .session(session.id, owner: nil) : .subject(subject, except: nil),
                    reason: .signedOut, at: now, revokedUntil: now + .seconds(960), by: .authority))
        }
        _ = try await store.renew(
            AuthorityNode(
                id: Identifier(high: 1, low: 1), renewal: 4, leaseMilliseconds: 3000, settledThrough: 2))
        try await body(store)
    }

    /// Receivers with a past, and providers of whom something has been heard.
    private func fillOutbox(_ store: SQLiteStore) async throws {
        try await store.add(
            Client(
                id: "shop", name: "Shop", secretHash: nil, scopes: [.streams], createdAt: now,
                postLogoutRedirectURIs: ["https://shop.example.test/bye", "https://shop.example.test/"]), by: .authority
        )
        try await store.add(
            Provider(
                issuer: "https://a.example.test", audience: "us", pushTokenHash: SecretHash(of: [1]),
                sealedPollToken: [2], createdAt: now), by: .authority)
        try await store.note(Heard(endOf: "gone", of: "https://a.example.test"), until: now + .seconds(60))
        for number in 1...3 {
            var receiver = Receiver(
                id: Identifier(high: 5, low: UInt64(number)), clientID: "shop", kind: .webhook, hears: .all,
                endpoint: "https://shop.example.test", sealedSecret: [1, 2], createdAt: now)
            receiver.status = [.enabled, .paused, .disabled][number - 1]
            receiver.verification = number == 1 ? nil : .init(id: receiver.id, state: "state")
            try await store.add(receiver, by: .authority)
            receiver.progress.lastFailure = "500"
            receiver.progress.retryAt = now
            let ended = EndedSession(
                number: 1, session: receiver.id, subject: try #require(Subject("ada")), clientID: "shop",
                statusIndex: 3, reason: .signedOut, at: now)
            let letter = DeadLetter(receiver: receiver.id, ended: ended, why: "410", at: now)
            try await store.note([
                DeliveryReport(receiver: receiver.id, progress: receiver.progress, givenUp: [letter])
            ])
        }
    }

    @Test func `all that lives lives on, and the log goes on where it was`() async throws {
        try await withSource { source in
            let target = try PostgresStore(uri: try TestCluster.makeDatabase(), filling: true)
            defer { target.close() }
            let compared = try await Transfer(from: source, named: "a", to: target).run { _ in }
            #expect(compared.count == StoredTable.all.count)
            #expect(try await target.diagnose(at: now).problems == [])
            let (old, new) = (
                try await source.sessions(of: nil, after: nil, limit: 100, at: now).sessions,
                try await target.sessions(of: nil, after: nil, limit: 100, at: now).sessions
            )
            #expect(old.map(\.id) == new.map(\.id) && !new.isEmpty)
            #expect(old.map(\.device) == new.map(\.device) && old.map(\.version) == new.map(\.version))
            #expect(try await target.nodes() == source.nodes())
            #expect(try await target.receivers() == source.receivers())
            #expect(try await target.providers() == source.providers())
            #expect(try await target.clients() == source.clients())
            let letters = try await source.deadLetters(of: nil, after: 0, limit: 10)
            #expect(try await target.deadLetters(of: nil, after: 0, limit: 10) == letters && letters.count == 3)
            #expect(try await target.hasHeard(Heard(endOf: "gone", of: "https://a.example.test")))
            #expect(new.compactMap(\.statusIndex) == old.compactMap(\.statusIndex))
            try await expectNewPlaces(source, target)
            let head = try await source.head()
            let ended = try await target.end(
                Ending(
                    .session(new[0].id, owner: nil), reason: .signedOut, at: now, revokedUntil: now + .seconds(960),
                    by: .authority))
            // The one before it was the newcomer's.
            #expect(ended.seq == head + 2)
        }
    }

    /// What is counted goes on where it was.
    private func expectNewPlaces(_ source: SQLiteStore, _ target: PostgresStore) async throws {
        let told = try await source.endedSessions(after: 0, limit: 100)
        #expect(try await target.endedSessions(after: 0, limit: 100) == told && !told.isEmpty)
        let given = try await target.sessions(of: nil, after: nil, limit: 100, at: now).sessions.map(\.statusIndex)
        let letter = DeadLetter(receiver: Identifier(high: 5, low: 1), ended: told[0], why: "500", at: now)
        let receiver = try #require(try await target.receiver(letter.receiver))
        try await target.note([
            DeliveryReport(receiver: receiver.id, progress: receiver.progress, givenUp: [letter])
        ])
        let id = Identifier(high: 6, low: 1)
        var opening = Opening(
            id: id, subject: try #require(Subject("newcomer")), clientID: "shop", device: Device(), at: now,
            authenticatedAt: now, idleEnd: now + .seconds(3600), absoluteEnd: now + .seconds(86_400),
            handleHash: SecretHash(of: id.bytes), refreshFamilyHash: nil, revokedUntil: now + .seconds(960),
            by: .authority)
        opening.wantsStatusIndex = true
        let session = try await target.open(opening)
        #expect(session.statusIndex == 8 && !given.contains(8))
        _ = try await target.end(
            Ending(
                .subject(opening.subject, except: nil), reason: .signedOut, at: now,
                revokedUntil: now + .seconds(960), by: .authority))
        let next = try await target.endedSessions(after: told.last?.number ?? 0, limit: 10)
        #expect(next.map(\.session) == [id] && next.first?.number == (told.last?.number ?? 0) + 1)
    }

    @Test(arguments: [
        ("sessions", "loses a row"), ("revocations", "loses a row"), ("subjects", "changes a number"),
        ("receivers", "changes a number"),
        ("ended_sessions", "loses a row"), ("dead_letters", "loses a row"),
    ])
    func `what got lost or changed on the way is noticed, and no server starts on it`(
        table: String, fault: String
    ) async throws {
        try await withSource { source in
            let uri = try TestCluster.makeDatabase()
            let target = try PostgresStore(uri: uri, filling: true)
            defer { target.close() }
            let spoilt = Spoilt(base: target) { rows, place in
                guard place.name == table else { return }
                if fault == "loses a row" { rows.remove(at: 1) } else { rows[1][1] = .number(99) }
            }
            await #expect(throws: AuthorityError.self) {
                _ = try await Transfer(from: source, named: "a", to: spoilt).run { _ in }
            }
            #expect(throws: AuthorityError.self) { try PostgresStore(uri: uri) }
        }
    }

    @Test func `a move that was broken off anywhere goes on`() async throws {
        struct BrokenOff: Error {}
        try await withSource { source in
            let target = try PostgresStore(uri: try TestCluster.makeDatabase(), filling: true)
            defer { target.close() }
            let transfer = Transfer(from: source, named: "a", to: target)
            for steps in 0..<(2 * StoredTable.all.count) {
                let left = Atomic(steps)
                do {
                    _ = try await transfer.run { _ in
                        if left.subtract(1, ordering: .relaxed).newValue < 0 { throw BrokenOff() }
                    }
                    break
                } catch is BrokenOff {}
            }
            _ = try? await transfer.run { _ in }
            #expect(try await target.sessions(of: nil, after: nil, limit: 100, at: now).sessions.isEmpty == false)
            #expect(try await target.diagnose(at: now).problems == [])
            await #expect(throws: AuthorityError.self, "another source") {
                _ = try await Transfer(from: source, named: "b", to: target).run { _ in }
            }
        }
    }
}
