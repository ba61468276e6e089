package import Exeunt
internal import GRDB
package import Settlement

extension SQLiteStore {
    package func endedSessions(after: UInt64, limit: Int) async throws(AuthorityError) -> [EndedSession] {
        let size = min(max(limit, 0), Limits.endedSessionsPerRead)
        return try await readPage { db in
            try db.all(
                "SELECT number, \(EndedColumns.names) FROM ended_sessions WHERE number > ? ORDER BY number LIMIT ?",
                [Int64(clamping: after), size]
            ) { try EndedColumns.read($0) }
        }
    }

    package func outboxHead() async throws(AuthorityError) -> UInt64 {
        try lookUp { UInt64(clamping: try Self.outboxHead($0)) }
    }

    package func note(_ reports: [DeliveryReport]) async throws(AuthorityError) {
        if reports.isEmpty { return }
        try await commits.write { transaction in
            for report in reports { try transaction.note(report) }
        }
    }

    package func claimOutbox(
        by node: Identifier, until: Timestamp, at now: Timestamp
    ) async throws(AuthorityError) -> Bool {
        try await commits.write { transaction in
            try transaction.db.run(
                """
                INSERT INTO outbox_keeper (id, node, until) VALUES (1, ?1, ?2)
                ON CONFLICT (id) DO UPDATE SET node = excluded.node, until = excluded.until
                WHERE node = excluded.node OR until <= ?3
                """, [node.blob, until.milliseconds, now.milliseconds])
            return transaction.db.changesCount > 0
        }
    }

    // MARK: Dead letters

    package func deadLetters(
        of receiver: Identifier?, after: Int64, limit: Int
    ) async throws(AuthorityError) -> [DeadLetter] {
        let size = min(max(limit, 0), Limits.deadLettersPerReceiver)
        return try await readPage { db in
            if let receiver {
                return try db.all(
                    "\(Self.letters) WHERE r.id = ? AND l.number > ? ORDER BY l.number LIMIT ?",
                    [receiver.blob, after, size], Self.readLetter)
            }
            return try db.all(
                "\(Self.letters) WHERE l.number > ? ORDER BY l.number LIMIT ?", [after, size], Self.readLetter)
        }
    }

    package func removeDeadLetters(_ numbers: [Int64]) async throws(AuthorityError) -> Int {
        if numbers.isEmpty { return 0 }
        return try await commits.write { transaction in
            try numbers.reduce(0) { count, number in
                try transaction.db.run("DELETE FROM dead_letters WHERE number = ?", [number])
                return count + transaction.db.changesCount
            }
        }
    }

    private static let letters = """
        SELECT l.number, r.id, l.why, l.at, l.place, l.id, l.subject, l.client, l.upstream_issuer, l.upstream_session,
            l.upstream_subject, l.status_index, l.reason, l.ended_at
        FROM dead_letters l JOIN receivers r ON r.number = l.receiver
        """

    private static func readLetter(_ row: Columns) throws -> DeadLetter {
        var letter = DeadLetter(
            receiver: try row.identifier(1), ended: try EndedColumns.read(row, from: 4), why: row.text(2),
            at: row.moment(3))
        letter.number = row.number(0)
        return letter
    }

    // MARK: Status lists

    /// The sessions that were ended with many others are there before the sweeper has come to them.
    package func endedStatusIndices(
        in range: Range<UInt64>, since: Timestamp
    ) async throws(AuthorityError) -> [UInt64] {
        try await readAtLength { db in
            try db.all(
                """
                SELECT status_index FROM ended_sessions WHERE status_index >= ?1 AND status_index < ?2 AND at >= ?3
                UNION
                SELECT s.status_index FROM sessions s
                CROSS JOIN subjects u ON u.number = s.subject
                CROSS JOIN authority a ON a.id = 1
                WHERE s.status_index >= ?1 AND s.status_index < ?2 AND (s.version < u.version OR u.epoch < a.epoch)
                ORDER BY 1
                """,
                [Int64(clamping: range.lowerBound), Int64(clamping: range.upperBound), since.milliseconds]
            ) { UInt64(clamping: $0.number(0)) }
        }
    }
}

extension WriteTransaction {
    /// Notes how one receiver gets on, unless more is known of it already.
    fileprivate func note(_ report: DeliveryReport) throws {
        let progress = report.progress
        let number = try db.first(
            """
            UPDATE receivers SET through = ?2, delivered = ?3, given_up = ?4, failures = ?5, retry_at = ?6,
                last_delivered_at = ?7, last_failure_at = ?8, last_failure = ?9,
                verification_state = CASE WHEN verification = ?10 THEN NULL ELSE verification_state END,
                verification = CASE WHEN verification = ?10 THEN NULL ELSE verification END
            WHERE id = ?1 AND through <= ?2 RETURNING number
            """,
            [
                report.receiver.blob, Int64(clamping: progress.through), Int64(clamping: progress.delivered),
                Int64(clamping: progress.givenUp), progress.failures, progress.retryAt?.milliseconds,
                progress.lastDeliveredAt?.milliseconds, progress.lastFailureAt?.milliseconds, progress.lastFailure,
                report.verified?.blob,
            ]
        ) { $0.number(0) }
        guard let number, !report.givenUp.isEmpty else { return }
        for letter in report.givenUp { try add(letter, of: number) }
        try db.run(
            """
            DELETE FROM dead_letters WHERE receiver = ?1 AND number <= (
                SELECT number FROM dead_letters WHERE receiver = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)
            """, [number, Limits.deadLettersPerReceiver])
    }

    private func add(_ letter: DeadLetter, of receiver: Int64) throws {
        try db.run(
            """
            INSERT INTO dead_letters (receiver, place, why, at, \(EndedColumns.common), ended_at)
            VALUES (?, ?, ?, ?, \(EndedColumns.marks))
            """,
            [receiver, Int64(clamping: letter.ended.number), letter.why, letter.at.milliseconds]
                + EndedColumns.arguments(of: letter.ended) + [letter.ended.at.milliseconds])
    }
}
