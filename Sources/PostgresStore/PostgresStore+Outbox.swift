package import Exeunt
package import Settlement

extension PostgresStore {
    package func endedSessions(after: UInt64, limit: Int) async throws(AuthorityError) -> [EndedSession] {
        let size = min(max(limit, 0), Limits.endedSessionsPerRead)
        return try await lookUps.read(
            Statement(
                """
                SELECT number, \(EndedColumns.common), at FROM ended_sessions WHERE number > $1 ORDER BY number LIMIT $2
                """, [.number(after), .number(Int64(size))])
        ) { try $0.map { try EndedColumns.read($0) } }
    }

    package func outboxHead() async throws(AuthorityError) -> UInt64 {
        try await lookUps.read(Statement("SELECT outbox_head FROM authority")) { result in
            guard let head = result.first({ UInt64(clamping: $0.number(0)) }) else {
                throw AuthorityError.corrupted("a row that is always there is missing")
            }
            return head
        }
    }

    package func note(_ reports: [DeliveryReport]) async throws(AuthorityError) {
        if reports.isEmpty { return }
        try await writes.write(company: .own) { transaction in
            var left = reports
            while !left.isEmpty {
                // A statement changes a row once: the first report of each receiver, then the second.
                var (seen, first, more): (Set<Identifier>, [DeliveryReport], [DeliveryReport]) = ([], [], [])
                for report in left {
                    if seen.insert(report.receiver).inserted { first.append(report) } else { more.append(report) }
                }
                transaction.write(.noting(first))
                left = more
            }
            for report in reports where !report.givenUp.isEmpty { transaction.trimLetters(of: report.receiver) }
            return { _ in }
        }
    }

    package func claimOutbox(
        by node: Identifier, until: Timestamp, at now: Timestamp
    ) async throws(AuthorityError) -> Bool {
        try await control.read(
            Statement(
                """
                INSERT INTO outbox_keeper (id, node, until) VALUES (1, $1, $2)
                ON CONFLICT (id) DO UPDATE SET node = excluded.node, until = excluded.until
                WHERE outbox_keeper.node = excluded.node OR outbox_keeper.until <= $3
                """, [.bytes(node.bytes), .number(until.milliseconds), .number(now.milliseconds)])
        ) { $0.written > 0 }
    }

    // MARK: Dead letters

    package func deadLetters(
        of receiver: Identifier?, after: Int64, limit: Int
    ) async throws(AuthorityError) -> [DeadLetter] {
        let size = min(max(limit, 0), Limits.deadLettersPerReceiver)
        var values: [PostgresValue] = [.number(after), .number(Int64(size))]
        if let receiver { values.append(.bytes(receiver.bytes)) }
        return try await slow.read(
            Statement(
                """
                SELECT l.number, r.id, l.why, l.at, l.place, \(EndedColumns.of("l")), l.ended_at
                FROM dead_letters l JOIN receivers r ON r.number = l.receiver
                WHERE l.number > $1 \(receiver == nil ? "" : "AND r.id = $3") ORDER BY l.number LIMIT $2
                """, values)
        ) { result in
            try result.map { row in
                var letter = DeadLetter(
                    receiver: try row.identifier(1), ended: try EndedColumns.read(row, from: 4), why: row.text(2),
                    at: row.moment(3))
                letter.number = row.number(0)
                return letter
            }
        }
    }

    package func removeDeadLetters(_ numbers: [Int64]) async throws(AuthorityError) -> Int {
        if numbers.isEmpty { return 0 }
        return try await writes.write(company: .own) { transaction in
            let removed = try transaction.read(
                "DELETE FROM dead_letters WHERE number = ANY ($1)", [.numbers(numbers)]
            ).written
            return { _ in removed }
        }
    }

    // MARK: Status lists

    /// The sessions that were ended with many others are there before the sweeper has come to them.
    package func endedStatusIndices(
        in range: Range<UInt64>, since: Timestamp
    ) async throws(AuthorityError) -> [UInt64] {
        try await slow.read(
            Statement(
                """
                SELECT status_index FROM ended_sessions WHERE status_index >= $1 AND status_index < $2 AND at >= $3
                UNION
                SELECT s.status_index FROM sessions s
                JOIN subjects u ON u.number = s.subject
                JOIN authority a ON a.id = 1
                WHERE s.status_index >= $1 AND s.status_index < $2 AND (s.version < u.version OR u.epoch < a.epoch)
                ORDER BY 1
                """, [.number(range.lowerBound), .number(range.upperBound), .number(since.milliseconds)])
        ) { $0.map { UInt64(clamping: $0.number(0)) } }
    }
}

extension WriteTransaction {
    /// Removes all but the newest dead letters of a receiver.
    fileprivate func trimLetters(of receiver: Identifier) {
        write(
            """
            DELETE FROM dead_letters WHERE receiver = (SELECT number FROM receivers WHERE id = $1) AND number <= (
                SELECT l.number FROM dead_letters l JOIN receivers r ON r.number = l.receiver WHERE r.id = $1
                ORDER BY l.number DESC LIMIT 1 OFFSET $2)
            """, [.bytes(receiver.bytes), .number(Int64(Limits.deadLettersPerReceiver))])
    }
}
