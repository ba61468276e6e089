package import Exeunt
package import Settlement

extension PostgresStore {
    // MARK: One session

    package func session(handle: SecretHash, at now: Timestamp) async throws(AuthorityError) -> Session? {
        try await session(Self.liveByHandle, [.number(now.milliseconds), .bytes(handle.bytes)])
    }

    package func session(_ id: Identifier, at now: Timestamp) async throws(AuthorityError) -> Session? {
        try await session(Self.liveByID, [.number(now.milliseconds), .bytes(id.bytes)])
    }

    package func session(of token: TokenClaims, at now: Timestamp) async throws(AuthorityError) -> Session? {
        let values: [PostgresValue] = [
            .number(now.milliseconds), .bytes(token.session.bytes), .bytes(token.token.bytes),
        ]
        let session = try await session(Self.liveByToken, values)
        guard let session, session.subject.name == token.subject, session.epoch == token.epoch else { return nil }
        return session
    }

    package func session(
        refreshFamily: SecretHash, at now: Timestamp
    ) async throws(AuthorityError) -> (session: Session, generation: UInt32)? {
        try await lookUps.read(
            Statement(Self.liveByFamily, [.number(now.milliseconds), .bytes(refreshFamily.bytes)])
        ) { result in
            try result.first { (try Self.session($0), UInt32(truncatingIfNeeded: $0.number(7))) }
        }
    }

    package func rememberedLogin(
        family: SecretHash, at now: Timestamp
    ) async throws(AuthorityError) -> (subject: Subject, clientID: String, generation: UInt32, expiresAt: Timestamp)? {
        try await lookUps.read(
            Statement(
                """
                SELECT u.name, r.client, r.generation, r.expires_at FROM remembered_logins r
                JOIN subjects u ON u.number = r.subject AND u.version = r.version
                JOIN authority a ON a.id = 1 AND a.epoch = u.epoch
                WHERE r.family = $2 AND r.expires_at > $1
                """, [.number(now.milliseconds), .bytes(family.bytes)])
        ) { result in
            try result.first {
                (try $0.subject(0), $0.text(1), UInt32(truncatingIfNeeded: $0.number(2)), $0.moment(3))
            }
        }
    }

    private func session(_ sql: String, _ values: [PostgresValue]) async throws(AuthorityError) -> Session? {
        try await lookUps.read(Statement(sql, values)) { try $0.first(Self.session) }
    }

    /// A session of the columns that ``live(where:)`` gives.
    private static func session(_ row: Columns) throws -> Session {
        try SessionRow.session(
            row, of: row.subject(SessionRow.width), version: row.number(3), epoch: row.number(SessionRow.width + 1))
    }

    /// The sessions that are live at `$1`, as far as `condition` on `s` admits them; one of them is found by an index.
    private static func live(where condition: String) -> String {
        """
        SELECT \(SessionRow.columns), u.name, a.epoch, s.number FROM sessions s
        JOIN subjects u ON u.number = s.subject AND u.version = s.version
        JOIN authority a ON a.id = 1 AND a.epoch = u.epoch
        WHERE \(condition) AND s.idle_end > $1 AND s.absolute_end > $1
        """
    }

    private static let liveByHandle = live(where: "s.handle = $2")
    private static let liveByID = live(where: "s.id = $2")
    private static let liveByFamily = live(where: "s.refresh_family = $2")
    private static let liveByToken = live(
        where: "s.id = $2 AND NOT EXISTS (SELECT 1 FROM revocations WHERE kind = 1 AND key = $3)")

    // MARK: Many sessions

    package func sessions(
        of subject: Subject?, after: String?, limit: Int, at now: Timestamp
    ) async throws(AuthorityError) -> SessionPage {
        let before = try after.map { text throws(AuthorityError) in try SessionPage.number(ofCursor: text) } ?? .max
        let size = min(max(limit, 1), Limits.sessionsPerPage)
        let values: [PostgresValue] = [.number(now.milliseconds), .number(before), .number(Int64(size) + 1)]
        let statement =
            subject.map { Statement(Self.pageOfSubject, values + [.text($0.name)]) }
            ?? Statement(Self.pageOfAll, values)
        let rows = try await lookUps.read(statement) {
            try $0.map { (session: try Self.session($0), number: $0.number(SessionRow.width + 2)) }
        }
        return SessionPage(of: rows, size: size)
    }

    private static let pageOfAll = live(where: "s.number < $2") + " ORDER BY s.number DESC LIMIT $3"
    private static let pageOfSubject =
        live(where: "s.number < $2 AND u.name = $4") + " ORDER BY s.number DESC LIMIT $3"

    // MARK: The log

    package func log(after: UInt64, limit: Int) async throws(AuthorityError) -> [LoggedRevocation] {
        let size = min(max(limit, 0), Limits.revocationsPerRead)
        return try await lookUps.read(
            Statement(
                "SELECT \(RevocationColumns.names) FROM revocations WHERE seq > $1 ORDER BY seq LIMIT $2",
                [.number(after), .number(Int64(size))])
        ) { try $0.map(RevocationColumns.read) }
    }

    package func position() async throws(AuthorityError) -> LogPosition {
        try await lookUps.read(Statement("SELECT epoch, head FROM authority")) { result in
            let position = result.first {
                LogPosition(epoch: UInt64(clamping: $0.number(0)), seq: UInt64(clamping: $0.number(1)))
            }
            guard let position else { throw AuthorityError.corrupted("a row that is always there is missing") }
            return position
        }
    }

    package func heads() -> AsyncStream<UInt64> { listener.heads() }
}
