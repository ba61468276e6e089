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
