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
        return (removed, budget == 0)
    }

    private mutating func spend(_ rows: Int) {
        budget -= rows
        removed += rows
    }

    // MARK: Sessions past an end

    /// Ends the sessions whose end has come, with their records; rows that were over already go without a word.
    private mutating func expireSessions() throws {
        let due = try db.all(
            """
            SELECT s.number, s.id, min(s.idle_end, s.absolute_end), s.version < u.version OR u.epoch < a.epoch
            FROM sessions s
            CROSS JOIN subjects u ON u.number = s.subject
            CROSS JOIN authority a ON a.id = 1
            WHERE s.sweep_at <= ?1 ORDER BY s.sweep_at LIMIT ?2
            """, [now.milliseconds, budget]
        ) { (number: $0.number(0), id: try $0.identifier(1), end: $0.moment(2), isOver: $0.number(3) == 1) }
        for session in due {
            if session.isOver {
                try db.run("DELETE FROM sessions WHERE number = ?", [session.number])
            } else if session.end > now {
                try db.run(
                    "UPDATE sessions SET sweep_at = ? WHERE number = ?", [session.end.milliseconds, session.number])
                budget -= 1
                continue
            } else {
                try expire(session.number)
            }
            spend(1)
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
        let session = row.session
        let reason: EndingReason = session.absoluteEnd <= session.idleEnd ? .absoluteTimeout : .idleTimeout
        try transaction.end(
            row, as: .sessionExpired, because: reason, at: now, until: revokedUntil, by: .authority,
            withRemembered: false)
    }

    // MARK: Rows that a version or an epoch has ended

    private mutating func removeStaleOfSubjects() throws {
        while budget > 0 {
            let work = """
                SELECT t.subject, u.version FROM stale_subjects t JOIN subjects u ON u.number = t.subject LIMIT 1
                """
            guard let next = try db.first(work, [], { ($0.number(0), $0.number(1)) }) else { return }
            for table in ["sessions", "remembered_logins"] where budget > 0 {
                try db.run(
                    """
                    DELETE FROM \(table) WHERE number IN
                        (SELECT number FROM \(table) WHERE subject = ? AND version < ? LIMIT ?)
                    """, [next.0, next.1, budget])
                spend(db.changesCount)
            }
            guard budget > 0 else { return }
            // With something left of the budget, nothing is left of the subject.
            try db.run("DELETE FROM stale_subjects WHERE subject = ?", [next.0])
            budget -= 1
        }
    }

    private mutating func removeStaleOfEpochs() throws {
        for table in ["sessions", "remembered_logins"] where budget > 0 {
            let mark = table == "sessions" ? "stale_sessions_through" : "stale_remembered_through"
            let through = try db.number("SELECT \(mark) FROM authority WHERE id = 1")
            if through == 0 { continue }
            try db.run(
                """
                DELETE FROM \(table) WHERE number IN
                    (SELECT s.number FROM \(table) s
                    CROSS JOIN subjects u ON u.number = s.subject
                    CROSS JOIN authority a ON a.id = 1
                    WHERE s.number <= ? AND (s.version < u.version OR u.epoch < a.epoch)
                    ORDER BY s.number LIMIT ?)
                """, [through, budget])
            spend(db.changesCount)
            if budget > 0 { try db.run("UPDATE authority SET \(mark) = 0 WHERE id = 1") }
        }
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
}
