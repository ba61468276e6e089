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
        guard let kind = AuditEvent.Kind(rawValue: row.text(2)) else {
            throw AuthorityError.corrupted("the audit trail has an event of the unknown kind \(row.text(2))")
        }
        var by = Provenance(actor: try ActorColumns.actor(kind: row.number(6), name: row.optionalText(7)))
        by.address = row.optionalText(8)
        by.userAgent = row.optionalText(9)
        var event = AuditEvent(
            kind, at: row.moment(1), subject: row.optionalText(3), session: try row.optionalIdentifier(4),
            clientID: row.optionalText(5), by: by, reason: row.optionalText(10),
            count: row.optionalNumber(11).map { Int($0) })
        event.number = row.number(0)
        return event
    }
}
