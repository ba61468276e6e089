package import Exeunt
internal import Foundation
internal import GRDB
package import Settlement

extension SQLiteStore {
    // MARK: One session

    package func session(handle: SecretHash, at now: Timestamp) async throws(AuthorityError) -> Session? {
        try lookUp { try SessionRow.live(handle: handle, at: now, $0)?.session }
    }

    package func session(_ id: Identifier, at now: Timestamp) async throws(AuthorityError) -> Session? {
        try lookUp { try SessionRow.live(id, at: now, $0)?.session }
    }

    package func session(of token: TokenClaims, at now: Timestamp) async throws(AuthorityError) -> Session? {
        let session = try lookUp { db in
            try db.first(
                Self.liveByToken, [now.milliseconds, token.session.blob, token.token.blob], SessionRow.init
            )?.session
        }
        guard let session, session.subject.name == token.subject, session.epoch == token.epoch else { return nil }
        return session
    }

    private static let liveByToken = SessionRow.live(
        where: "s.id = ?2 AND NOT EXISTS (SELECT 1 FROM revocations WHERE kind = 1 AND key = ?3)")

    package func session(
        refreshFamily: SecretHash, at now: Timestamp
    ) async throws(AuthorityError) -> (session: Session, generation: UInt32)? {
        try lookUp { try SessionRow.live(refreshFamily: refreshFamily, at: now, $0) }
            .map { ($0.session, $0.generation) }
    }

    package func rememberedLogin(
        family: SecretHash, at now: Timestamp
    ) async throws(AuthorityError) -> (subject: Subject, clientID: String, generation: UInt32, expiresAt: Timestamp)? {
        try lookUp { try RememberedRow.live(family: family, at: now, $0) }
            .map { ($0.subject, $0.clientID, $0.generation, $0.expiresAt) }
    }

    // MARK: Many sessions

    package func sessions(
        of subject: Subject?, after: String?, limit: Int, at now: Timestamp
    ) async throws(AuthorityError) -> SessionPage {
        let before = try after.map { text throws(AuthorityError) in try SessionPage.number(ofCursor: text) } ?? .max
        let size = min(max(limit, 1), Limits.sessionsPerPage)
        let rows = try await readPage { db in
            if let subject {
                return try db.all(
                    Self.pageOfSubject, [now.milliseconds, before, size + 1, subject.name], SessionRow.init)
            }
            return try db.all(Self.pageOfAll, [now.milliseconds, before, size + 1], SessionRow.init)
        }
        return SessionPage(of: rows.map { ($0.session, $0.number) }, size: size)
    }

    private static let pageOfAll = SessionRow.live(where: "s.number < ?2") + " ORDER BY s.number DESC LIMIT ?3"

    /// From the subject to its sessions of the present version, so that what has been ended is not even walked past.
    private static let pageOfSubject = """
        SELECT \(SessionRow.columns) FROM authority a
        CROSS JOIN subjects u ON u.name = ?4 AND u.epoch = a.epoch
        CROSS JOIN sessions s ON s.subject = u.number AND s.version = u.version
        WHERE a.id = 1 AND s.number < ?2 AND s.idle_end > ?1 AND s.absolute_end > ?1
        ORDER BY s.number DESC LIMIT ?3
        """

    // MARK: The log

    package func log(after: UInt64, limit: Int) async throws(AuthorityError) -> [LoggedRevocation] {
        let size = min(max(limit, 0), Limits.revocationsPerRead)
        @Sendable func read(_ db: Database) throws -> [LoggedRevocation] {
            try db.all(
                "SELECT \(RevocationColumns.names) FROM revocations WHERE seq > ? ORDER BY seq LIMIT ?",
                [Int64(clamping: after), size], RevocationColumns.read)
        }
        return size <= Limits.freshRevocations ? try lookUp(read) : try await readPage(read)
    }

    package func position() async throws(AuthorityError) -> LogPosition {
        try lookUp(Self.position)
    }

    package func heads() -> AsyncStream<UInt64> { watcher.heads() }
}
