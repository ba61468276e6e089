import Exeunt
import Foundation
import SQLiteStore
import Settlement

/// Short ways to say what happens to a store.
extension TemporaryStore {
    static let start = Timestamp(milliseconds: 1_800_000_000_000)

    /// A session of a subject of its own, or of `subject`.
    func open(_ subject: String? = nil, remember: Bool = false) async throws -> Session {
        try await store.open(try opening(subject, remember: remember))
    }

    /// That many sessions, each of a subject of its own.
    func open(_ count: Int) async throws -> [Session] {
        var sessions: [Session] = []
        for _ in 0..<count { sessions.append(try await open()) }
        return sessions
    }

    func opening(_ subject: String? = nil, at: Timestamp = start, remember: Bool = false) throws -> Opening {
        let login = RememberedLogin(
            id: Self.identifier(), familyHash: Self.hash(), createdAt: at, expiresAt: at + .seconds(86_400 * 30))
        guard let subject = Subject(subject ?? UUID().uuidString) else {
            throw AuthorityError.invalidArgument("the subject")
        }
        return Opening(
            id: Self.identifier(), subject: subject, clientID: "shop", device: Device(), at: at, authenticatedAt: at,
            idleEnd: at + .seconds(3600), absoluteEnd: at + .seconds(86_400), handleHash: Self.hash(),
            refreshFamilyHash: Self.hash(), remembering: remember ? login : nil, revokedUntil: at + .seconds(960),
            by: .authority)
    }

    @discardableResult
    func end(_ session: Session, at: Timestamp = start) async throws(AuthorityError) -> Ended {
        try await end(.session(session.id, owner: nil), at: at)
    }

    @discardableResult
    func end(_ target: Ending.Target, at: Timestamp = start) async throws(AuthorityError) -> Ended {
        try await store.end(
            Ending(target, reason: .signedOut, at: at, revokedUntil: at + .seconds(960), by: .authority))
    }

    /// Does something to all of them at once.
    func atOnce<Element: Sendable>(
        _ elements: [Element], _ work: @escaping @Sendable (Element) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for element in elements { group.addTask { try await work(element) } }
            try await group.waitForAll()
        }
    }

    static func identifier() -> Identifier { Identifier(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max)) }

    static func hash() -> SecretHash { SecretHash(of: identifier().bytes) }
}
