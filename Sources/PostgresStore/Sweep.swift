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
        return (removed, budget == 0)
    }

    private mutating func spend(_ rows: Int) {
        budget -= rows
        removed += rows
    }

    // MARK: Sessions past an end

    /// Ends the sessions whose end has come, with their records; rows that were over already go without a word.
    private mutating func expire(_ due: [Identifier]) throws {
        for id in due {
            guard let row = transaction.row(of: id) else { continue }
            guard transaction.isOfPresent(row) else {
                transaction.remove(row)
                spend(1)
                continue
            }
            let end = row.session.expiresAt
            if end > now {
                transaction.write(
                    "UPDATE sessions SET sweep_at = $2 WHERE id = $1", [.bytes(id.bytes), .number(end.milliseconds)])
                budget -= 1
                continue
            }
            let reason: EndingReason =
                row.session.absoluteEnd <= row.session.idleEnd ? .absoluteTimeout : .idleTimeout
            transaction.end(
                row, as: .sessionExpired, because: reason, at: now, until: revokedUntil, by: .authority,
                withRemembered: false)
            spend(1)
        }
    }

    // MARK: Rows that a version or an epoch has ended

    private mutating func removeStaleOfSubjects() throws {
        while budget > 0 {
            let next = try transaction.read(
                """
                SELECT t.subject, u.version FROM stale_subjects t JOIN subjects u ON u.number = t.subject
                LIMIT 1 FOR NO KEY UPDATE OF u SKIP LOCKED
                """, []
            ).first { (subject: $0.number(0), version: $0.number(1)) }
            guard let next else { return }
            for table in ["sessions", "remembered_logins"] where budget > 0 {
                spend(
                    try transaction.read(
                        """
                        DELETE FROM \(table) WHERE number IN
                            (SELECT number FROM \(table) WHERE subject = $1 AND version < $2 LIMIT $3)
                        """, [.number(next.subject), .number(next.version), .number(Int64(budget))]
                    ).written)
            }
            guard budget > 0 else { return }
            // With something left of the budget, nothing is left of the subject.
            _ = try transaction.read("DELETE FROM stale_subjects WHERE subject = $1", [.number(next.subject)])
            budget -= 1
        }
    }

    private mutating func removeStaleOfEpochs() throws {
        for table in ["sessions", "remembered_logins"] where budget > 0 {
            let mark = table == "sessions" ? "stale_sessions_through" : "stale_remembered_through"
            let through = try transaction.read("SELECT \(mark) FROM authority", []).first { $0.number(0) } ?? 0
            if through == 0 { continue }
            spend(
                try transaction.read(
                    """
                    DELETE FROM \(table) WHERE number IN
                        (SELECT s.number FROM \(table) s
                        JOIN subjects u ON u.number = s.subject
                        JOIN authority a ON a.id = 1
                        WHERE s.number <= $1 AND (s.version < u.version OR u.epoch < a.epoch)
                        ORDER BY s.number LIMIT $2)
                    """, [.number(through), .number(Int64(budget))]
                ).written)
            if budget > 0 {
                transaction.write("UPDATE authority SET \(mark) = 0 WHERE \(mark) = $1", [.number(through)])
            }
        }
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
}
