internal import Exeunt
internal import Foundation
internal import GRDB
internal import Settlement

/// A remembered login that can still be resumed, as the table has it.
struct RememberedRow {
    let number: Int64
    let id: Identifier
    let subjectNumber: Int64
    let subject: Subject
    let clientID: String
    let generation: UInt32
    let rotatedAt: Timestamp
    let authenticatedAt: Timestamp
    let expiresAt: Timestamp
    let upstream: Session.Upstream?

    init(_ row: Columns) throws {
        number = row.number(0)
        id = try row.identifier(1)
        subjectNumber = row.number(2)
        subject = try row.subject(3)
        clientID = row.text(4)
        generation = UInt32(truncatingIfNeeded: row.number(5))
        rotatedAt = row.moment(6)
        authenticatedAt = row.moment(7)
        expiresAt = row.moment(8)
        upstream = row.upstream(9)
    }

    static func live(where condition: String) -> String {
        """
        SELECT r.number, r.id, r.subject, u.name, r.client, r.generation, r.rotated_at, r.authenticated_at,
            r.expires_at, r.upstream_issuer, r.upstream_session, r.upstream_subject
        FROM remembered_logins r
        CROSS JOIN subjects u ON u.number = r.subject AND u.version = r.version
        CROSS JOIN authority a ON a.id = 1 AND a.epoch = u.epoch
        WHERE \(condition) AND r.expires_at > ?1
        """
    }

    private static let liveByFamily = live(where: "r.family = ?2")
    private static let liveByID = live(where: "r.id = ?2")

    static func live(family: SecretHash, at now: Timestamp, _ db: Database) throws -> RememberedRow? {
        try db.first(liveByFamily, [now.milliseconds, family.blob], RememberedRow.init)
    }

    static func live(_ id: Identifier, at now: Timestamp, _ db: Database) throws -> RememberedRow? {
        try db.first(liveByID, [now.milliseconds, id.blob], RememberedRow.init)
    }
}
