internal import Exeunt

/// A look at everything, in one state of the database, on a connection of its own.
struct Diagnosis {
    let connection: PostgresConnection
    let now: Timestamp

    /// What must have no rows, and what it means when it has some.
    private static let contradictions = [
        (
            "records that the log's head does not cover",
            "SELECT seq FROM revocations, authority WHERE seq > head"
        ),
        (
            "records missing inside the log",
            """
            SELECT 1 FROM (SELECT count(*) AS held, max(seq) - min(seq) + 1 AS span FROM revocations) AS log
            WHERE held > 0 AND held <> span
            """
        ),
        (
            "records missing at the log's head",
            "SELECT 1 FROM authority WHERE head > (SELECT max(seq) FROM revocations)"
        ),
        (
            "subjects of an epoch that has not come",
            "SELECT u.name FROM subjects u, authority a WHERE u.epoch > a.epoch"
        ),
        (
            "sessions of a version that their subject has not reached",
            "SELECT s.number FROM sessions s JOIN subjects u ON u.number = s.subject WHERE s.version > u.version"
        ),
        (
            "remembered logins of a version that their subject has not reached",
            """
            SELECT r.number FROM remembered_logins r JOIN subjects u ON u.number = r.subject
            WHERE r.version > u.version
            """
        ),
        (
            "sessions that the sweeper would look at too late",
            "SELECT number FROM sessions WHERE sweep_at > least(idle_end, absolute_end)"
        ),
        (
            "subjects whose count of sessions is not that of their rows",
            counterMismatch("live_sessions", of: "sessions")
        ),
        (
            "subjects whose count of remembered logins is not that of their rows",
            counterMismatch("live_remembered", of: "remembered_logins")
        ),
        (
            "ended sessions that nothing would ever sweep",
            unsweepable("sessions", mark: "stale_sessions_through")
        ),
        (
            "ended remembered logins that nothing would ever sweep",
            unsweepable("remembered_logins", mark: "stale_remembered_through")
        ),
        (
            "receivers beyond the outbox's head",
            "SELECT r.number FROM receivers r, authority a WHERE r.through > a.outbox_head"
        ),
        (
            "endings beyond the outbox's head",
            "SELECT e.number FROM ended_sessions e, authority a WHERE e.number > a.outbox_head"
        ),
        (
            "receivers of no client",
            "SELECT number FROM receivers WHERE client NOT IN (SELECT id FROM clients)"
        ),
        (
            "dead letters of nobody",
            "SELECT number FROM dead_letters WHERE receiver NOT IN (SELECT number FROM receivers)"
        ),
        (
            "places in the status lists that were never given",
            "SELECT s.number FROM sessions s, next_status_index i WHERE s.status_index > i.last_value"
        ),
        (
            "signing keys beside the one that signs",
            "SELECT 1 FROM signing_keys WHERE retires_at IS NULL OFFSET 1"
        ),
    ]

    func run() throws -> StoreDiagnosis {
        connection.patience = .seconds(3600)
        _ = try connection.exchange([
            Statement("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"), Statement("SET LOCAL enable_seqscan = on"),
            Statement("SET LOCAL statement_timeout = 0"), Statement("SET LOCAL plan_cache_mode = auto"),
        ])
        var problems: [String] = []
        for (meaning, query) in Self.contradictions {
            let count = try number("SELECT count(*) FROM (\(query)) AS problem")
            if count > 0 { problems.append("\(meaning): \(count)") }
        }
        let live = try number(
            """
            SELECT count(*) FROM sessions s
            JOIN subjects u ON u.number = s.subject AND u.version = s.version
            JOIN authority a ON a.epoch = u.epoch
            WHERE s.idle_end > $1 AND s.absolute_end > $1
            """, [.number(now.milliseconds)])
        return StoreDiagnosis(
            problems: problems, liveSessions: Int(live),
            head: UInt64(clamping: try number("SELECT head FROM authority")),
            schemaVersion: String(try number("SELECT version FROM exeunt_schema")),
            size: try number("SELECT pg_database_size(current_database())"))
    }

    private func number(_ sql: String, _ values: [PostgresValue] = []) throws -> Int64 {
        try connection.exchange([Statement(sql, values)])[0].first { $0.number(0) } ?? 0
    }

    /// A counter has the rows of the subject's present version that are still in the table, live or waiting for the
    /// sweeper; a subject of an earlier epoch has none that count.
    private static func counterMismatch(_ counter: String, of table: String) -> String {
        """
        SELECT u.name FROM subjects u JOIN authority a ON a.epoch = u.epoch
        LEFT JOIN (SELECT subject, version, count(*) AS held FROM \(table) GROUP BY subject, version) AS t
            ON t.subject = u.number AND t.version = u.version
        WHERE u.\(counter) <> coalesce(t.held, 0)
        """
    }

    private static func unsweepable(_ table: String, mark: String) -> String {
        """
        SELECT t.number FROM \(table) t
        JOIN subjects u ON u.number = t.subject
        JOIN authority a ON a.id = 1
        WHERE (t.version < u.version OR u.epoch < a.epoch) AND t.number > a.\(mark)
            AND NOT EXISTS (SELECT 1 FROM stale_subjects w WHERE w.subject = t.subject)
        """
    }
}
