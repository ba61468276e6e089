import Exeunt
import Settlement
import Synchronization
import Testing

@testable import PostgresStore

@Suite("The outbox of several nodes", .serialized)
struct OutboxTests {
    private static let start = Timestamp(milliseconds: 1_800_000_000_000)

    /// Something that some tasks wait for.
    private final class Flag: Sendable {
        private let state = Atomic(false)

        var isSet: Bool { state.load(ordering: .sequentiallyConsistent) }

        func set() { state.store(true, ordering: .sequentiallyConsistent) }
    }

    /// The sessions that must have been told of.
    private final class Wanted: Sendable {
        private let state = Mutex<Set<Identifier>>([])

        var all: Set<Identifier> { state.withLock { $0 } }

        func add(_ session: Identifier) { state.withLock { _ = $0.insert(session) } }
    }

    private static func opening(_ number: Int) throws -> Opening {
        let id = Identifier(high: 7, low: UInt64(number))
        let subject = try #require(Subject("user-\(number)"))
        return Opening(
            id: id, subject: subject, clientID: "shop", device: Device(), at: start, authenticatedAt: start,
            idleEnd: start + .seconds(3600), absoluteEnd: start + .seconds(86_400),
            handleHash: SecretHash(of: id.bytes),
            refreshFamilyHash: nil, revokedUntil: start + .seconds(960), by: .authority)
    }

    /// Opens a session and ends it, on one of two nodes.
    private static func live(_ number: Int, _ nodes: [PostgresStore]) async throws {
        let session = try await nodes[number % 2].open(opening(number))
        _ = try await nodes[number % 2].end(
            Ending(
                .session(session.id, owner: nil), reason: .signedOut, at: start, revokedUntil: start + .seconds(960),
                by: .authority))
    }

    private static func listen(_ store: PostgresStore, _ number: UInt64) async throws -> Receiver {
        if try await store.client("shop") == nil {
            try await store.add(
                Client(id: "shop", name: "Shop", secretHash: nil, scopes: [], createdAt: start), by: .authority)
        }
        let receiver = Receiver(
            id: Identifier(high: 9, low: number), clientID: "shop", kind: .webhook, hears: .all,
            endpoint: "https://shop.example.test", createdAt: start)
        try await store.add(receiver, by: .authority)
        return receiver
    }

    @Test func `who reads on from the last place misses none, whatever is committed meanwhile`() async throws {
        let uri = try TestCluster.makeDatabase()
        let nodes = [try PostgresStore(uri: uri), try PostgresStore(uri: uri)]
        defer { nodes.forEach { $0.close() } }
        _ = try await Self.listen(nodes[0], 1)
        let isDone = Flag()
        async let seen = Self.read(nodes[1], until: isDone)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask { for round in 0..<60 { try await Self.live(worker * 1000 + round, nodes) } }
            }
            try await group.waitForAll()
        }
        isDone.set()
        #expect(try await seen == Array(1...480))
    }

    private static func read(_ store: PostgresStore, until isDone: Flag) async throws -> [UInt64] {
        var seen: [UInt64] = []
        while true {
            let isLast = isDone.isSet
            let more = try await store.endedSessions(after: seen.last ?? 0, limit: 5)
            seen += more.map(\.number)
            if more.isEmpty, isLast { return seen }
        }
    }

    @Test func `what ends after a receiver was added has a place, whoever is ending something at that moment`()
        async throws
    {
        let uri = try TestCluster.makeDatabase()
        let nodes = [try PostgresStore(uri: uri), try PostgresStore(uri: uri)]
        defer { nodes.forEach { $0.close() } }
        let (isHeard, isDone, wanted) = (Flag(), Flag(), Wanted())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<6 {
                group.addTask {
                    var number = worker * 10_000
                    while !isDone.isSet {
                        number += 1
                        let session = try await nodes[number % 2].open(Self.opening(number))
                        let mustBeTold = isHeard.isSet
                        _ = try await nodes[number % 2].end(
                            Ending(
                                .session(session.id, owner: nil), reason: .signedOut, at: Self.start,
                                revokedUntil: Self.start + .seconds(960), by: .authority))
                        if mustBeTold { wanted.add(session.id) }
                    }
                }
            }
            try await Task.sleep(for: .milliseconds(200))
            _ = try await Self.listen(nodes[0], 1)
            isHeard.set()
            while wanted.all.count < 100 { try await Task.sleep(for: .milliseconds(5)) }
            isDone.set()
            try await group.waitForAll()
        }
        var told: [EndedSession] = []
        while true {
            let more = try await nodes[0].endedSessions(after: told.last?.number ?? 0, limit: 500)
            if more.isEmpty { break }
            told += more
        }
        #expect(wanted.all.isSubset(of: told.map(\.session)))
        #expect(Set(told.map(\.session)).count == told.count)
    }

    @Test func `there is an end to receivers`() async throws {
        let uri = try TestCluster.makeDatabase()
        let store = try PostgresStore(uri: uri)
        defer { store.close() }
        _ = try await Self.listen(store, 1)
        _ = try PostgresConnection(uri: uri.text).exchange([
            Statement(
                """
                INSERT INTO receivers (id, client, kind, hears, events, status, created_at, through)
                SELECT sha256(convert_to(n::text, 'UTF8')), 'shop', 'webhook', 'own', '', 'disabled', 1, 0
                FROM generate_series(2, \(Limits.receivers)) AS n
                """)
        ])
        await #expect(throws: AuthorityError.tooManyReceivers) { _ = try await Self.listen(store, 2) }
    }

    @Test func `a program from before leaves sessions that are told of once they are swept`() async throws {
        let uri = try TestCluster.makeDatabase()
        let store = try PostgresStore(uri: uri)
        defer { store.close() }
        _ = try await Self.listen(store, 1)
        let session = try await store.open(Self.opening(1))
        // As an earlier program ends all that a subject has.
        _ = try PostgresConnection(uri: uri.text).exchange([
            Statement("UPDATE subjects SET version = version + 1, live_sessions = 0"),
            Statement("INSERT INTO stale_subjects (subject) SELECT number FROM subjects"),
        ])
        while try await store.sweep(at: Self.start, revokedUntil: Self.start + .seconds(960), auditBefore: Self.start)
            > 0
        {}
        let told = try await store.endedSessions(after: 0, limit: 10)
        #expect(told.map(\.session) == [session.id] && told.map(\.reason) == [.signedOutEverywhere])
        #expect(told.map(\.at) == [Self.start])
    }
}
