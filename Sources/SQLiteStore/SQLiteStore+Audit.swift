package import Exeunt
internal import GRDB

extension SQLiteStore {
    package func record(_ event: AuditEvent) async throws(AuthorityError) {
        try await commits.write { try $0.record(event) }
    }

    package func auditEvents(_ filter: AuditFilter) async throws(AuthorityError) -> [AuditEvent] {
        try await readAtLength { db in
            var conditions = ["number > ?"]
            var arguments: StatementArguments = [filter.after]
            if let subject = filter.subject {
                conditions.append("subject = ?")
                arguments += [subject]
            }
            if let from = filter.from {
                conditions.append("at >= ?")
                arguments += [from.milliseconds]
            }
            if let to = filter.to {
                conditions.append("at < ?")
                arguments += [to.milliseconds]
            }
            if !filter.kinds.isEmpty {
                conditions.append("kind IN (\(filter.kinds.map { _ in "?" }.joined(separator: ", ")))")
                arguments += StatementArguments(filter.kinds.map(\.rawValue))
            }
            arguments += [min(max(filter.limit, 0), Limits.auditEventsPerPage)]
            return try db.all(
                """
                SELECT number, at, kind, subject, session, client, actor, actor_name, address, user_agent, reason, count
                FROM audit_events WHERE \(conditions.joined(separator: " AND "))
                ORDER BY number \(filter.newestFirst ? "DESC" : "ASC") LIMIT ?
                """, arguments, Self.readEvent)
        }
    }

    private static func readEvent(_ row: Columns) throws -> AuditEvent {
        try AuditEvent(
            number: row.number(0), at: row.moment(1), kind: row.text(2), subject: row.optionalText(3),
            session: try row.optionalIdentifier(4), clientID: row.optionalText(5), actor: row.number(6),
            actorName: row.optionalText(7), address: row.optionalText(8), userAgent: row.optionalText(9),
            reason: row.optionalText(10), count: row.optionalNumber(11))
    }
}
