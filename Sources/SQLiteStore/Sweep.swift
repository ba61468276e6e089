internal import Exeunt
internal import GRDB
internal import Settlement

/// One transaction of the sweeper: so many rows looked at, and removed if their time is over.
struct Sweep {
    private let transaction: WriteTransaction
    private let db: Database
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
        self.db = transaction.db
        self.budget = budget
        self.now = now
        self.revokedUntil = revokedUntil
        self.auditBefore = auditBefore
    }

    /// Says how many rows went, and whether there may be more.
    mutating func run() throws -> (removed: Int, hasMore: Bool) {
        try expireSessions()
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
    private mutating func expireSessions() throws {
        let due = try db.all(
            """
            SELECT s.number, min(s.idle_end, s.absolute_end), s.version < u.version OR u.epoch < a.epoch
            FROM sessions s
            CROSS JOIN subjects u ON u.number = s.subject
            CROSS JOIN authority a ON a.id = 1
            WHERE s.sweep_at <= ?1 ORDER BY s.sweep_at LIMIT ?2
            """, [now.milliseconds, budget]
        ) { (number: $0.number(0), end: $0.moment(1), isOver: $0.number(2) == 1) }
        for session in due {
            if session.isOver {
                try removeStale([session.number])
            } else if session.end > now {
                try db.run(
                    "UPDATE sessions SET sweep_at = ? WHERE number = ?", [session.end.milliseconds, session.number])
                budget -= 1
            } else {
                try expire(session.number)
                spend(1)
            }
        }
    }

    private static let byNumber = """
        SELECT \(SessionRow.columns) FROM sessions s
        CROSS JOIN subjects u ON u.number = s.subject
        CROSS JOIN authority a ON a.id = 1
        WHERE s.number = ?
        """

    private func expire(_ number: Int64) throws {
        guard let row = try db.first(Self.byNumber, [number], SessionRow.init) else { return }
        try transaction.end(
            row, as: .sessionExpired, because: row.session.reasonOfExpiry, at: now, until: revokedUntil, by: .authority,
            withRemembered: false)
    }

    // MARK: Rows that a version or an epoch has ended

    /// Removes sessions that were over already, and has those told of them who were left to wait for it.
    private mutating func removeStale(_ numbers: [Int64]) throws {
        for number in numbers {
            let ended = try db.first(Self.stale, [number]) { row in
                EndedSession(
                    try SessionRow(row).session,
                    becauseUnlessExpired: row.optionalText(22).flatMap(EndingReason.init(rawValue:))
                        ?? .signedOutEverywhere,
                    at: row.optionalMoment(23) ?? now)
            }
            guard let ended else { continue }
            try db.run("DELETE FROM sessions WHERE number = ?", [number])
            try transaction.tell(ended)
            spend(1)
        }
    }

    /// A row that is over, with why and when: of its subject's ending if that has left it here, else of everyone's.
    private static let stale = """
        SELECT \(SessionRow.columns),
            CASE WHEN w.at IS NOT NULL AND s.version < u.version THEN w.reason ELSE a.stale_reason END,
            CASE WHEN w.at IS NOT NULL AND s.version < u.version THEN w.at ELSE a.stale_at END
        FROM sessions s
        CROSS JOIN subjects u ON u.number = s.subject
        CROSS JOIN authority a ON a.id = 1
        LEFT JOIN stale_subjects w ON w.subject = s.subject
        WHERE s.number = ?
        """

    private mutating func removeStaleOfSubjects() throws {
        while budget > 0 {
            let work = """
                SELECT t.subject, u.version FROM stale_subjects t JOIN subjects u ON u.number = t.subject LIMIT 1
                """
            guard let next = try db.first(work, [], { ($0.number(0), $0.number(1)) }) else { return }
            try removeStale(
                try db.all(
                    "SELECT number FROM sessions WHERE subject = ? AND version < ? ORDER BY version, number LIMIT ?",
                    [next.0, next.1, budget]
                ) { $0.number(0) })
            guard budget > 0 else { return }
            try db.run(
                """
                DELETE FROM remembered_logins WHERE number IN
                    (SELECT number FROM remembered_logins WHERE subject = ? AND version < ? LIMIT ?)
                """, [next.0, next.1, budget])
            spend(db.changesCount)
            guard budget > 0 else { return }
            // With something left of the budget, nothing is left of the subject.
            try db.run("DELETE FROM stale_subjects WHERE subject = ?", [next.0])
            budget -= 1
        }
    }

    private mutating func removeStaleOfEpochs() throws {
        if let numbers = try staleOfEpochs("sessions", through: "stale_sessions_through") {
            try removeStale(numbers)
            if budget > 0 {
                try db.run(
                    """
                    UPDATE authority SET stale_sessions_through = 0, stale_reason = NULL, stale_at = NULL WHERE id = 1
                    """)
            }
        }
        if let numbers = try staleOfEpochs("remembered_logins", through: "stale_remembered_through") {
            for number in numbers { try db.run("DELETE FROM remembered_logins WHERE number = ?", [number]) }
            spend(numbers.count)
            if budget > 0 { try db.run("UPDATE authority SET stale_remembered_through = 0 WHERE id = 1") }
        }
    }

    /// The rows of a table that are over, up to where the last epoch's end has left some; nil when it has left none.
    private func staleOfEpochs(_ table: String, through mark: String) throws -> [Int64]? {
        guard budget > 0 else { return nil }
        let through = try db.number("SELECT \(mark) FROM authority WHERE id = 1")
        if through == 0 { return nil }
        return try db.all(
            """
            SELECT s.number FROM \(table) s
            CROSS JOIN subjects u ON u.number = s.subject
            CROSS JOIN authority a ON a.id = 1
            WHERE s.number <= ? AND (s.version < u.version OR u.epoch < a.epoch)
            ORDER BY s.number LIMIT ?
            """, [through, budget]
        ) { $0.number(0) }
    }

    // MARK: The rest

    private mutating func removeExpiredLogins() throws {
        guard budget > 0 else { return }
        let expired = try db.all(
            """
            SELECT r.number, r.subject, r.version = u.version AND u.epoch = a.epoch FROM remembered_logins r
            CROSS JOIN subjects u ON u.number = r.subject
            CROSS JOIN authority a ON a.id = 1
            WHERE r.expires_at <= ? LIMIT ?
            """, [now.milliseconds, budget]
        ) { (number: $0.number(0), subject: $0.number(1), wasCounted: $0.number(2) == 1) }
        for login in expired {
            try db.run("DELETE FROM remembered_logins WHERE number = ?", [login.number])
            if login.wasCounted { try transaction.count(sessions: 0, remembered: -1, of: login.subject) }
        }
        spend(expired.count)
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
        let oldest = try db.all("SELECT \(key), \(column) FROM \(table) ORDER BY \(key) LIMIT ?", [budget]) {
            (key: $0.number(0), moment: $0.moment(1))
        }
        guard let last = oldest.prefix(while: { $0.moment <= moment }).last else { return }
        try db.run("DELETE FROM \(table) WHERE \(key) <= ?", [last.key])
        spend(db.changesCount)
    }

    // MARK: What others have been told, and what we have

    /// Removes what every receiver has passed from the outbox, once no status list needs it any more: for as long as a token of such a
    /// session may be accepted, a list must say that it is over.
    private mutating func removeTold() throws {
        guard budget > 0, try db.first("SELECT 1 FROM ended_sessions LIMIT 1", [], { _ in true }) != nil else { return }
        let told = try db.number(
            """
            SELECT coalesce((SELECT min(through) FROM receivers WHERE status <> 'disabled'), outbox_head)
            FROM authority WHERE id = 1
            """)
        try db.run(
            """
            DELETE FROM ended_sessions WHERE number IN (
                SELECT number FROM ended_sessions INDEXED BY ended_sessions_without_status
                WHERE status_index IS NULL AND number <= ? ORDER BY number LIMIT ?)
            """, [told, budget])
        spend(db.changesCount)
        guard budget > 0 else { return }
        try db.run(
            """
            DELETE FROM ended_sessions WHERE number IN (
                SELECT number FROM ended_sessions, authority
                WHERE status_index IS NOT NULL AND at < ?1 - max(?2, token_reach) AND number <= ?3
                    AND token_horizon < ?1
                ORDER BY at LIMIT ?4)
            """,
            [now.milliseconds, revokedUntil.since(now).milliseconds, told, budget])
        spend(db.changesCount)
    }

    private mutating func removeHeard() throws {
        guard budget > 0 else { return }
        try db.run(
            "DELETE FROM heard WHERE number IN (SELECT number FROM heard WHERE until <= ? ORDER BY until LIMIT ?)",
            [now.milliseconds, budget])
        spend(db.changesCount)
    }
}
