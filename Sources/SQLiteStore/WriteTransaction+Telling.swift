internal import Exeunt
internal import Foundation
internal import GRDB

extension WriteTransaction {
    /// Whether there is a receiver that is told of what ends.
    func isHeard() throws -> Bool {
        if let known = knownToBeHeard { return known }
        let isHeard = try db.first("SELECT 1 FROM receivers WHERE status <> 'disabled' LIMIT 1", []) { _ in true }
        knownToBeHeard = isHeard ?? false
        return isHeard ?? false
    }

    /// Gives sessions that are over their places in the outbox, as far as anybody wants to hear of them.
    func tell(_ ended: [EndedSession]) throws {
        for one in ended { try tell(one) }
    }

    /// Gives a session that is over its place in the outbox, if anybody wants to hear of it.
    func tell(_ ended: EndedSession) throws {
        guard try ended.statusIndex != nil || isHeard() else { return }
        let place = try db.number(
            "UPDATE authority SET outbox_head = outbox_head + 1 WHERE id = 1 RETURNING outbox_head")
        try db.run(
            "INSERT INTO ended_sessions (number, \(EndedColumns.names)) VALUES (?, \(EndedColumns.marks))",
            [place] + EndedColumns.arguments(of: ended) + [ended.at.milliseconds])
    }

    /// The next place in the status lists.
    func nextStatusIndex() throws -> UInt64 {
        UInt64(
            clamping: try db.number(
                "UPDATE authority SET status_indices = status_indices + 1 WHERE id = 1 RETURNING status_indices - 1"))
    }
}

/// How a session that is over lies in the outbox and among the dead letters.
enum EndedColumns {
    /// All that both have of it, but for its place; the outbox has the moment of its ending after them.
    static let common =
        "id, subject, client, upstream_issuer, upstream_session, upstream_subject, status_index, reason"
    static let names = common + ", at"
    static let marks = "?, ?, ?, ?, ?, ?, ?, ?, ?"

    static func arguments(of ended: EndedSession) -> StatementArguments {
        [
            ended.session.blob, ended.subject.name, ended.clientID, ended.upstream?.issuer, ended.upstream?.session,
            ended.upstream?.subject, ended.statusIndex.map { Int64(clamping: $0) }, ended.reason.rawValue,
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
