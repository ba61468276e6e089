internal import Exeunt
internal import Foundation
internal import GRDB

/// A look at everything, in one state of the database.
struct Diagnosis {
    let db: Database
    let now: Timestamp
    let path: String

    /// What must have no rows, and what it means when it has some.
    private static let contradictions = [
        (
            "records that the log's head does not cover",
            "SELECT seq FROM revocations, authority WHERE seq > head"
        ),
        (
            "records missing inside the log",
            """
            SELECT 1 FROM (SELECT count(*) AS held, max(seq) - min(seq) + 1 AS span FROM revocations)
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
            "SELECT number FROM sessions WHERE sweep_at > min(idle_end, absolute_end)"
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
            "SELECT s.number FROM sessions s, authority a WHERE s.status_index >= a.status_indices"
        ),
        (
            "signing keys beside the one that signs",
            "SELECT 1 FROM signing_keys WHERE retires_at IS NULL LIMIT -1 OFFSET 1"
        ),
    ]

    func run() throws -> StoreDiagnosis {
        var problems = try fileProblems()
        for (meaning, query) in Self.contradictions {
            let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM (\(query))") ?? 0
            if count > 0 { problems.append("\(meaning): \(count)") }
        }
        let live = try Int.fetchOne(
            db,
            sql: """
                SELECT count(*) FROM sessions s
                JOIN subjects u ON u.number = s.subject AND u.version = s.version
                JOIN authority a ON a.epoch = u.epoch
                WHERE s.idle_end > ?1 AND s.absolute_end > ?1
                """, arguments: [now.milliseconds])
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        return StoreDiagnosis(
            problems: problems, liveSessions: live ?? 0, head: try SQLiteStore.head(db),
            schemaVersion: String(version), size: size())
    }

    private func fileProblems() throws -> [String] {
        var problems = try String.fetchAll(db, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
        for row in try Row.fetchAll(db, sql: "PRAGMA foreign_key_check") {
            problems.append("a row of \(row[0] as String? ?? "?") refers to a missing \(row[2] as String? ?? "row")")
        }
        return problems
    }

    /// Bytes of the database and of the files beside it.
    private func size() -> Int64 {
        ["", "-wal", "-shm"].reduce(0) { sum, suffix in
            var status = stat()
            return stat(path + suffix, &status) == 0 ? sum + Int64(status.st_size) : sum
        }
    }

    /// A counter has the rows of the subject's present version that are still in the table, live or waiting for the
    /// sweeper; a subject of an earlier epoch has none that count.
    private static func counterMismatch(_ counter: String, of table: String) -> String {
        """
        SELECT u.name FROM subjects u JOIN authority a ON a.epoch = u.epoch
        WHERE u.\(counter) <> (SELECT count(*) FROM \(table) t WHERE t.subject = u.number AND t.version = u.version)
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
