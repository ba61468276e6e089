package import Exeunt

extension PostgresStore {
    package func record(_ event: AuditEvent) async throws(AuthorityError) {
        try await writes.write { transaction in
            transaction.record(event)
            return { _ in }
        }
    }

    /// Events are numbered before they are committed, so a reader that goes on after the last number that it has seen could miss
    /// one.
    ///
    /// It therefore sees all writers through first: whatever has a lower number is there by then.
    package func auditEvents(_ filter: AuditFilter) async throws(AuthorityError) -> [AuditEvent] {
        var conditions = ["number > $1"]
        var values: [PostgresValue] = [.number(filter.after)]
        func add(_ condition: String, _ value: PostgresValue) {
            values.append(value)
            conditions.append("\(condition)$\(values.count)")
        }
        if let subject = filter.subject { add("subject = ", .text(subject)) }
        if let from = filter.from { add("at >= ", .number(from.milliseconds)) }
        if let to = filter.to { add("at < ", .number(to.milliseconds)) }
        if !filter.kinds.isEmpty {
            values.append(.texts(filter.kinds.map(\.rawValue)))
            conditions.append("kind = ANY ($\(values.count))")
        }
        values.append(.number(Int64(min(max(filter.limit, 0), Limits.auditEventsPerPage))))
        let statement = Statement(
            """
            SELECT number, at, kind, subject, session, client, actor, actor_name, address, user_agent, reason, count
            FROM audit_events WHERE \(conditions.joined(separator: " AND "))
            ORDER BY number \(filter.newestFirst ? "DESC" : "ASC") LIMIT $\(values.count)
            """, values)
        let writers = Statement("SELECT pg_advisory_xact_lock(\(WriteTransaction.writersLock))")
        return try await slow.read(statement, after: [writers]) { try $0.map(Self.event) }
    }

    private static func event(_ row: Columns) throws -> AuditEvent {
        try AuditEvent(
            number: row.number(0), at: row.moment(1), kind: row.text(2), subject: row.optionalText(3),
            session: try row.optionalIdentifier(4), clientID: row.optionalText(5), actor: row.number(6),
            actorName: row.optionalText(7), address: row.optionalText(8), userAgent: row.optionalText(9),
            reason: row.optionalText(10), count: row.optionalNumber(11))
    }
}
