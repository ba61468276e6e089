internal import Exeunt
internal import Settlement

extension Statement {
    /// Gives sessions that are over their places in the outbox.
    ///
    /// The row of the counter stays locked until the commit, so whoever commits first has the lower places.
    static func telling(_ ended: [EndedSession]) -> Statement {
        Statement(
            """
            WITH moved AS (
                UPDATE authority SET outbox_head = outbox_head + $1 WHERE id = 1 RETURNING outbox_head
            )
            INSERT INTO ended_sessions (number, \(EndedColumns.common), at)
            SELECT m.outbox_head - $1 + e.place, \(EndedColumns.of("e")), e.at
            FROM moved m, unnest($2::bytea[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[],
                $9::text[], $10::bigint[]) WITH ORDINALITY AS e(\(EndedColumns.common), at, place)
            """,
            [.number(Int64(ended.count))] + EndedColumns.values(of: ended) + [.numbers(ended.map(\.at.milliseconds))])
    }

    /// Notes how receivers get on, each once, unless more is known of it already, and keeps what was given up of those.
    static func noting(_ reports: [DeliveryReport]) -> Statement {
        let progress = reports.map(\.progress)
        let letters = reports.flatMap { report in report.givenUp.map { (report.receiver, $0) } }
        return Statement(
            """
            WITH noted AS (
                UPDATE receivers r SET through = p.through, delivered = p.delivered, given_up = p.given_up,
                    failures = p.failures, retry_at = p.retry_at, last_delivered_at = p.last_delivered_at,
                    last_failure_at = p.last_failure_at, last_failure = p.last_failure,
                    verification_state = CASE WHEN r.verification = p.verified THEN NULL ELSE r.verification_state END,
                    verification = CASE WHEN r.verification = p.verified THEN NULL ELSE r.verification END
                FROM unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
                    $7::bigint[], $8::bigint[], $9::text[], $10::bytea[])
                    AS p(id, through, delivered, given_up, failures, retry_at, last_delivered_at, last_failure_at,
                        last_failure, verified)
                WHERE r.id = p.id AND r.through <= p.through RETURNING r.number, r.id
            )
            INSERT INTO dead_letters (receiver, place, why, at, \(EndedColumns.common), ended_at)
            SELECT n.number, l.place, l.why, l.at, \(EndedColumns.of("l")), l.ended_at
            FROM noted n JOIN unnest($11::bytea[], $12::bigint[], $13::text[], $14::bigint[], $15::bytea[], $16::text[],
                $17::text[], $18::text[], $19::text[], $20::text[], $21::bigint[], $22::text[], $23::bigint[])
                WITH ORDINALITY AS l(receiver, place, why, at, \(EndedColumns.common), ended_at, turn)
                ON l.receiver = n.id
            ORDER BY l.turn
            """,
            [
                .blobs(reports.map(\.receiver.bytes)), .numbers(progress.map { Int64(clamping: $0.through) }),
                .numbers(progress.map { Int64(clamping: $0.delivered) }),
                .numbers(progress.map { Int64(clamping: $0.givenUp) }), .numbers(progress.map { Int64($0.failures) }),
                .numbers(progress.map { $0.retryAt?.milliseconds }),
                .numbers(progress.map { $0.lastDeliveredAt?.milliseconds }),
                .numbers(progress.map { $0.lastFailureAt?.milliseconds }), .texts(progress.map(\.lastFailure)),
                .blobs(reports.map { $0.verified?.bytes }),
                .blobs(letters.map { $0.0.bytes }), .numbers(letters.map { Int64(clamping: $0.1.ended.number) }),
                .texts(letters.map(\.1.why)), .numbers(letters.map(\.1.at.milliseconds)),
            ] + EndedColumns.values(of: letters.map(\.1.ended))
                + [.numbers(letters.map(\.1.ended.at.milliseconds))])
    }
}

/// How a session that is over lies in the outbox and among the dead letters.
enum EndedColumns {
    private static let names = [
        "id", "subject", "client", "upstream_issuer", "upstream_session", "upstream_subject", "status_index", "reason",
    ]

    /// All that both have of it, but for its place and the moment of its ending.
    static let common = names.joined(separator: ", ")

    /// The same, of a table with that name.
    static func of(_ table: String) -> String { names.map { "\(table).\($0)" }.joined(separator: ", ") }

    /// The columns of ``common``, an array for each.
    static func values(of ended: [EndedSession]) -> [PostgresValue] {
        [
            .blobs(ended.map(\.session.bytes)), .texts(ended.map(\.subject.name)), .texts(ended.map(\.clientID)),
            .texts(ended.map { $0.upstream?.issuer }), .texts(ended.map { $0.upstream?.session }),
            .texts(ended.map { $0.upstream?.subject }),
            .numbers(ended.map { $0.statusIndex.map { Int64(clamping: $0) } }),
            .texts(ended.map(\.reason.rawValue)),
        ]
    }

    /// Reads a place, the columns ``common`` and a moment, from the column `first` on.
    static func read(_ row: Columns, from first: Int = 0) throws -> EndedSession {
        try EndedSession(
            number: row.number(first), session: row.identifier(first + 1), subject: row.subject(first + 2),
            clientID: row.text(first + 3), upstream: row.upstream(first + 4),
            statusIndex: row.optionalNumber(first + 7), reason: row.text(first + 8), at: row.moment(first + 9))
    }
}

extension Columns {
    /// An issuer, its session and its subject, in three columns from this one on.
    func upstream(_ column: Int) -> Session.Upstream? {
        optionalText(column).map {
            Session.Upstream(
                issuer: $0, session: optionalText(column + 1), subject: optionalText(column + 2))
        }
    }
}
