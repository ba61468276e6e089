internal import Exeunt
internal import Settlement

/// One transaction of the sweeper: so many rows looked at, and removed if their time is over.
///
/// Of nodes that sweep at the same moment one does, and the others leave it to that one.
struct Sweep {
    private let transaction: WriteTransaction
    private let now: Timestamp
    private let revokedUntil: Timestamp
    private let auditBefore: Timestamp
    /// Rows that may still be touched.
    private var budget: Int
    private var removed = 0

    init(
        _ transaction: WriteTransaction, budget: Int, now: Timestamp, revokedUntil: Timestamp, auditBefore: Timestamp
    ) {
        self.transaction = transaction
        self.budget = budget
        self.now = now
        self.revokedUntil = revokedUntil
        self.auditBefore = auditBefore
    }

    /// Says how many rows went, and whether there may be more.
    mutating func run(_ due: [Identifier]) throws -> (removed: Int, hasMore: Bool) {
        // "Exns".
        let isOurs = try transaction.read("SELECT pg_try_advisory_xact_lock(1165520499)", [])
            .first { $0.number(0) == 1 }
        guard isOurs ?? false else { return (0, false) }
        try expire(due)
        try removeStaleOfSubjects()
        try removeStaleOfEpochs()
        try removeExpiredLogins()
        try removeOldRecords()
        try removeOldEvents()
        try removeTold()
        try removeHeard()
        return (removed, budget == 0)
    }

    private mutating func spend(_ rows: Int) {
        budget -= rows
        removed += rows
    }

    // MARK: Sessions past an end

    /// Ends the sessions whose end has come, with their records; rows that were over already have theirs.
    private mutating func expire(_ due: [Identifier]) throws {
        var over: [Identifier] = []
        for id in due {
            guard let row = transaction.row(of: id) else { continue }
            guard transaction.isOfPresent(row) else {
                over.append(id)
                continue
            }
            let end = row.session.expiresAt
            if end > now {
                transaction.write(
                    "UPDATE sessions SET sweep_at = $2 WHERE id = $1", [.bytes(id.bytes), .number(end.milliseconds)])
                budget -= 1
                continue
            }
            transaction.end(
                row, as: .sessionExpired, because: row.session.reasonOfExpiry, at: now, until: revokedUntil,
                by: .authority, withRemembered: false)
            spend(1)
        }
        if over.isEmpty { return }
        try removeStale("SELECT number FROM sessions WHERE id = ANY ($1)", [.blobs(over.map(\.bytes))])
        for id in over { if let row = transaction.row(of: id) { transaction.forget(row) } }
    }

    // MARK: Rows that a version or an epoch has ended

    /// Removes the sessions of these numbers, which were over already, and has those told of them who were left to wait for it.
    ///
    /// Why and when they ended: as their subject's ending says if that has left them here, else as everyone's does.
    private mutating func removeStale(_ numbers: String, _ values: [PostgresValue]) throws {
        let gone = try transaction.read(
            """
            WITH s AS (DELETE FROM sessions WHERE number IN (\(numbers)) RETURNING *)
            SELECT \(SessionRow.columns), u.name,
                CASE WHEN w.at IS NOT NULL AND s.version < u.version THEN w.reason ELSE a.stale_reason END,
                CASE WHEN w.at IS NOT NULL AND s.version < u.version THEN w.at ELSE a.stale_at END
            FROM s JOIN subjects u ON u.number = s.subject
            JOIN authority a ON a.id = 1
            LEFT JOIN stale_subjects w ON w.subject = s.subject
            ORDER BY s.number
            """, values
        ).map { row in
            EndedSession(
                try SessionRow.session(row, of: row.subject(SessionRow.width), version: row.number(3), epoch: 0),
                becauseUnlessExpired: row.optionalText(SessionRow.width + 1).flatMap(EndingReason.init(rawValue:))
                    ?? .signedOutEverywhere,
                at: row.optionalMoment(SessionRow.width + 2) ?? now)
        }
        gone.forEach(transaction.tell)
        spend(gone.count)
    }

    private mutating func removeStaleOfSubjects() throws {
        while budget > 0 {
            let next = try transaction.read(
                """
                SELECT t.subject, u.version FROM stale_subjects t JOIN subjects u ON u.number = t.subject
                LIMIT 1 FOR NO KEY UPDATE OF u SKIP LOCKED
                """, []
            ).first { (subject: $0.number(0), version: $0.number(1)) }
            guard let next else { return }
            try removeStale(
                "SELECT number FROM sessions WHERE subject = $1 AND version < $2 LIMIT $3",
                [.number(next.subject), .number(next.version), .number(Int64(budget))])
            guard budget > 0 else { return }
            spend(
                try transaction.read(
                    """
                    DELETE FROM remembered_logins WHERE number IN
                        (SELECT number FROM remembered_logins WHERE subject = $1 AND version < $2 LIMIT $3)
                    """, [.number(next.subject), .number(next.version), .number(Int64(budget))]
                ).written)
            guard budget > 0 else { return }
            // With something left of the budget, nothing is left of the subject.
            _ = try transaction.read("DELETE FROM stale_subjects WHERE subject = $1", [.number(next.subject)])
            budget -= 1
        }
    }

    private mutating func removeStaleOfEpochs() throws {
        if let through = try leftOfEpochs("stale_sessions_through") {
            try removeStale(Self.staleOfEpochs("sessions"), [.number(through), .number(Int64(budget))])
            if budget > 0 {
                transaction.write(
                    """
                    UPDATE authority SET stale_sessions_through = 0, stale_reason = NULL, stale_at = NULL
                    WHERE stale_sessions_through = $1
                    """, [.number(through)])
            }
        }
        if let through = try leftOfEpochs("stale_remembered_through") {
            spend(
                try transaction.read(
                    "DELETE FROM remembered_logins WHERE number IN (\(Self.staleOfEpochs("remembered_logins")))",
                    [.number(through), .number(Int64(budget))]
                ).written)
            if budget > 0 {
                transaction.write(
                    "UPDATE authority SET stale_remembered_through = 0 WHERE stale_remembered_through = $1",
                    [.number(through)])
            }
        }
    }

    /// Up to where the last epoch's end has left rows; nil when it has left none.
    private func leftOfEpochs(_ mark: String) throws -> Int64? {
        guard budget > 0 else { return nil }
        let through = try transaction.read("SELECT \(mark) FROM authority", []).first { $0.number(0) } ?? 0
        return through == 0 ? nil : through
    }

    private static func staleOfEpochs(_ table: String) -> String {
        """
        SELECT s.number FROM \(table) s
        JOIN subjects u ON u.number = s.subject
        JOIN authority a ON a.id = 1
        WHERE s.number <= $1 AND (s.version < u.version OR u.epoch < a.epoch)
        ORDER BY s.number LIMIT $2
        """
    }

    // MARK: The rest

    /// Removes remembered logins past their end; those that a version had not ended are counted no more.
    private mutating func removeExpiredLogins() throws {
        guard budget > 0 else { return }
        transaction.writeSubjects()
        let expired = try transaction.read(
            """
            WITH locked AS (
                SELECT number, version, epoch FROM subjects WHERE number = ANY (ARRAY(
                    SELECT subject FROM remembered_logins WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2
                )) ORDER BY number FOR NO KEY UPDATE SKIP LOCKED
            ), gone AS (
                DELETE FROM remembered_logins WHERE number IN (
                    SELECT r.number FROM remembered_logins r JOIN locked l ON l.number = r.subject
                    WHERE r.expires_at <= $1 LIMIT $2
                ) RETURNING subject, version
            ), counted AS (
                SELECT g.subject, count(*) FILTER (WHERE g.version = l.version AND l.epoch = a.epoch) AS live
                FROM gone g JOIN locked l ON l.number = g.subject JOIN authority a ON a.id = 1
                GROUP BY g.subject
            ), uncounted AS (
                UPDATE subjects u SET live_remembered = u.live_remembered - c.live
                FROM counted c WHERE u.number = c.subject AND c.live > 0
            )
            SELECT count(*) FROM gone
            """, [.number(now.milliseconds), .number(Int64(budget))])
        spend(Int(expired.first { $0.number(0) } ?? 0))
    }

    /// Removes records from the old end of the log only, so that what is left has no gap.
    private mutating func removeOldRecords() throws {
        try removePrefix(of: "revocations", by: "seq", while: "until", upTo: now)
    }

    private mutating func removeOldEvents() throws {
        try removePrefix(of: "audit_events", by: "number", while: "at", upTo: auditBefore - .milliseconds(1))
    }

    private mutating func removePrefix(
        of table: String, by key: String, while column: String, upTo moment: Timestamp
    ) throws {
        guard budget > 0 else { return }
        let oldest = try transaction.read(
            "SELECT \(key), \(column) FROM \(table) ORDER BY \(key) LIMIT $1", [.number(Int64(budget))]
        ).map { (key: $0.number(0), moment: $0.moment(1)) }
        guard let last = oldest.prefix(while: { $0.moment <= moment }).last else { return }
        spend(try transaction.read("DELETE FROM \(table) WHERE \(key) <= $1", [.number(last.key)]).written)
    }

    // MARK: What others have been told, and what we have

    /// Removes what every receiver has passed from the outbox, once no status list needs it any more: for as long as a token of such a
    /// session may be accepted, a list must say that it is over.
    private mutating func removeTold() throws {
        guard budget > 0 else { return }
        let told = try transaction.read(
            """
            SELECT coalesce((SELECT min(through) FROM receivers WHERE status <> 'disabled'), outbox_head)
            FROM authority WHERE EXISTS (SELECT 1 FROM ended_sessions)
            """, []
        ).first { $0.number(0) }
        guard let told else { return }
        spend(
            try transaction.read(
                """
                DELETE FROM ended_sessions WHERE number IN (
                    SELECT number FROM ended_sessions WHERE status_index IS NULL AND number <= $1
                    ORDER BY number LIMIT $2)
                """, [.number(told), .number(Int64(budget))]
            ).written)
        guard budget > 0 else { return }
        spend(
            try transaction.read(
                """
                DELETE FROM ended_sessions WHERE number IN (
                    SELECT e.number FROM ended_sessions e JOIN authority a ON a.token_horizon < $1
                    WHERE e.status_index IS NOT NULL AND e.at < $1 - greatest($2, a.token_reach) AND e.number <= $3
                    ORDER BY e.at LIMIT $4)
                """,
                [
                    .number(now.milliseconds), .number(revokedUntil.since(now).milliseconds), .number(told),
                    .number(Int64(budget)),
                ]
            ).written)
    }

    private mutating func removeHeard() throws {
        guard budget > 0 else { return }
        spend(
            try transaction.read(
                """
                DELETE FROM heard WHERE number IN (
                    SELECT number FROM heard WHERE until <= $1 ORDER BY until LIMIT $2)
                """, [.number(now.milliseconds), .number(Int64(budget))]
            ).written)
    }
}
