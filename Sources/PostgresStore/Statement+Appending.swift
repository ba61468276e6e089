internal import Exeunt
internal import Settlement

extension Statement {
    /// Wakes up whoever listens to the log, once it is committed.
    static let notifyingListeners = Statement(
        "SELECT pg_notify('\(HeadListener.channel)', head::text) FROM authority")

    /// Appends records to the log, and gives its head.
    ///
    /// The counter and the records share a statement, so there is no gap; and the row of the counter stays locked until the commit,
    /// so whoever commits first has the lower numbers.
    static func appending(_ entries: [LogEntry]) -> Statement {
        let records = entries.map { RevocationColumns($0.target) }
        return Statement(
            """
            WITH moved AS (
                UPDATE authority SET head = head + $1 WHERE id = 1 RETURNING head, token_horizon, token_reach
            ), written AS (
                INSERT INTO revocations (seq, kind, key, subject, version, spared, reason, at, until)
                SELECT m.head - $1 + r.place, r.kind, r.key, r.subject, r.version, r.spared, r.reason, r.at,
                    greatest(r.until, m.token_horizon, r.at + m.token_reach)
                FROM moved m, unnest($2::bigint[], $3::bytea[], $4::text[], $5::bigint[], $6::bytea[], $7::text[],
                    $8::bigint[], $9::bigint[]) WITH ORDINALITY
                    AS r(kind, key, subject, version, spared, reason, at, until, place)
            )
            SELECT head FROM moved
            """,
            [
                .number(Int64(entries.count)), .numbers(records.map(\.kind.rawValue)),
                .blobs(records.map { $0.key?.bytes }), .texts(records.map(\.subject)), .numbers(records.map(\.version)),
                .blobs(records.map { $0.spared?.bytes }), .texts(entries.map(\.reason.rawValue)),
                .numbers(entries.map(\.at.milliseconds)), .numbers(entries.map(\.until.milliseconds)),
            ])
    }

    /// Appends events to the audit trail.
    static func appending(_ events: [AuditEvent]) -> Statement {
        let actors = events.map { ActorColumns($0.by.actor) }
        return Statement(
            """
            INSERT INTO audit_events
                (at, kind, subject, session, client, actor, actor_name, address, user_agent, reason, count)
            SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::bigint[], $7::text[],
                $8::text[], $9::text[], $10::text[], $11::bigint[])
            """,
            [
                .numbers(events.map(\.at.milliseconds)), .texts(events.map(\.kind.rawValue)),
                .texts(events.map(\.subject)), .blobs(events.map { $0.session?.bytes }), .texts(events.map(\.clientID)),
                .numbers(actors.map(\.kind.rawValue)), .texts(actors.map(\.name)), .texts(events.map(\.by.address)),
                .texts(events.map(\.by.userAgent)), .texts(events.map(\.reason)),
                .numbers(events.map { $0.count.map { Int64($0) } }),
            ])
    }
}
