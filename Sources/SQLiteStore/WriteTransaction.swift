internal import Exeunt
internal import Foundation
internal import GRDB
internal import Settlement

/// What the verbs do their work with, inside a transaction that others may share.
///
/// Each verb's own part stands beside the verb, in the store's file of that topic.
final class WriteTransaction {
    let db: Database
    /// Whether the log's head has been touched.
    private(set) var wroteLog = false
    /// Whether somebody hears of what ends, once it has been looked up; nil again when a receiver changes.
    var knownToBeHeard: Bool?

    init(_ db: Database) { self.db = db }

    // MARK: The log and the audit trail

    /// The epoch under which sessions are live now.
    func epoch() throws -> Int64 { try db.number("SELECT epoch FROM authority WHERE id = 1") }

    /// Appends a record to the log and says where; the counter and the record share a transaction, so there is no gap.
    ///
    /// It is kept until then, or longer where a token that it could match reaches further.
    @discardableResult
    func append(
        _ target: Revocation.Target, because reason: EndingReason, at: Timestamp, until: Timestamp
    ) throws -> UInt64 {
        let place = try db.first(
            """
            UPDATE authority SET head = head + 1 WHERE id = 1
            RETURNING head, max(?1, token_horizon, ?2 + token_reach)
            """,
            [until.milliseconds, at.milliseconds]
        ) { (seq: $0.number(0), until: $0.number(1)) }
        guard let (seq, until) = place else { throw AuthorityError.corrupted("the log's head is missing") }
        wroteLog = true
        let record = RevocationColumns(target)
        try db.run(
            """
            INSERT INTO revocations (seq, kind, key, subject, version, spared, reason, at, until)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                seq, record.kind.rawValue, record.key?.blob, record.subject, record.version, record.spared?.blob,
                reason.rawValue, at.milliseconds, until,
            ])
        return UInt64(clamping: seq)
    }

    /// Appends a line to the audit trail.
    func record(_ event: AuditEvent) throws {
        let actor = ActorColumns(event.by.actor)
        try db.run(
            """
            INSERT INTO audit_events
                (at, kind, subject, session, client, actor, actor_name, address, user_agent, reason, count)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                event.at.milliseconds, event.kind.rawValue, event.subject, event.session?.blob, event.clientID,
                actor.kind.rawValue, actor.name, event.by.address, event.by.userAgent, event.reason, event.count,
            ])
    }

    // MARK: Subjects

    /// The subject's row, of the present epoch: made if there is none, moved on if the epoch has.
    ///
    /// A subject that comes to a new epoch gets a new version, so that a session's version alone tells whether it is of
    /// its subject's present.
    func subjectRow(_ subject: Subject) throws -> SubjectRow {
        let epoch = try epoch()
        let held = try db.first(
            "SELECT number, version, epoch, live_sessions, live_remembered FROM subjects WHERE name = ?", [subject.name]
        ) { SubjectRow($0, name: subject) }
        guard var row = held else {
            let version = Epoch.version(after: 0, in: epoch)
            try db.run(
                "INSERT INTO subjects (name, version, epoch) VALUES (?, ?, ?)", [subject.name, version, epoch])
            return SubjectRow(number: db.lastInsertedRowID, name: subject, version: version, epoch: epoch)
        }
        guard row.epoch < epoch else { return row }
        row = SubjectRow(
            number: row.number, name: subject, version: Epoch.version(after: row.version, in: epoch), epoch: epoch)
        try write(row)
        return row
    }

    /// Writes a subject's version, epoch and counters.
    func write(_ row: SubjectRow) throws {
        try db.run(
            "UPDATE subjects SET version = ?, epoch = ?, live_sessions = ?, live_remembered = ? WHERE number = ?",
            [row.version, row.epoch, row.liveSessions, row.liveRemembered, row.number])
    }

    /// Adds to a subject's counters.
    func count(sessions: Int, remembered: Int = 0, of subject: Int64) throws {
        try db.run(
            """
            UPDATE subjects SET live_sessions = live_sessions + ?, live_remembered = live_remembered + ?
            WHERE number = ?
            """,
            [sessions, remembered, subject])
    }
}
