internal import Exeunt
internal import Foundation
internal import GRDB
internal import Settlement

/// A live session as the table has it.
struct SessionRow {
    /// What ``init(_:)`` reads, of `sessions s`, its subject `u` and the authority `a`.
    static let columns = """
        s.number, s.subject, s.generation, s.rotated_at, s.id, u.name, s.version, a.epoch, s.client, s.created_at,
        s.last_active_at, s.authenticated_at, s.idle_end, s.absolute_end, s.remembered, s.user_agent, s.address,
        s.label, s.upstream_issuer, s.upstream_session, s.upstream_subject, s.status_index
        """

    /// The sessions that are live at `?1`, as far as `condition` on `s` admits them; one of them is found by an index.
    static func live(where condition: String) -> String {
        """
        SELECT \(columns) FROM sessions s
        CROSS JOIN subjects u ON u.number = s.subject AND u.version = s.version
        CROSS JOIN authority a ON a.id = 1 AND a.epoch = u.epoch
        WHERE \(condition) AND s.idle_end > ?1 AND s.absolute_end > ?1
        """
    }

    let number: Int64
    let subjectNumber: Int64
    let generation: UInt32
    let rotatedAt: Timestamp
    var session: Session

    init(_ row: Columns) throws {
        number = row.number(0)
        subjectNumber = row.number(1)
        generation = UInt32(truncatingIfNeeded: row.number(2))
        rotatedAt = row.moment(3)
        var device = Device()
        device.userAgent = row.optionalText(15)
        device.address = row.optionalText(16)
        device.label = row.optionalText(17)
        session = Session(
            id: try row.identifier(4), subject: try row.subject(5), version: UInt64(clamping: row.number(6)),
            epoch: UInt64(clamping: row.number(7)), clientID: row.text(8), device: device, createdAt: row.moment(9),
            lastActiveAt: row.moment(10), authenticatedAt: row.moment(11), idleEnd: row.moment(12),
            absoluteEnd: row.moment(13), rememberedLogin: try row.optionalIdentifier(14),
            upstream: row.upstream(18), statusIndex: row.optionalNumber(21).map { UInt64(clamping: $0) })
    }
}

/// The queries for one live session, each by an index of its own.
extension SessionRow {
    private static let liveByHandle = live(where: "s.handle = ?2")
    private static let liveByID = live(where: "s.id = ?2")
    private static let liveByRemembered = live(where: "s.remembered = ?2")
    private static let liveByFamily = live(where: "s.refresh_family = ?2")

    static func live(handle: SecretHash, at now: Timestamp, _ db: Database) throws -> SessionRow? {
        try db.first(liveByHandle, [now.milliseconds, handle.blob], SessionRow.init)
    }

    static func live(_ id: Identifier, at now: Timestamp, _ db: Database) throws -> SessionRow? {
        try db.first(liveByID, [now.milliseconds, id.blob], SessionRow.init)
    }

    static func live(refreshFamily: SecretHash, at now: Timestamp, _ db: Database) throws -> SessionRow? {
        try db.first(liveByFamily, [now.milliseconds, refreshFamily.blob], SessionRow.init)
    }

    static func live(rememberedLogin: Identifier, at now: Timestamp, _ db: Database) throws -> [SessionRow] {
        try db.all(liveByRemembered, [now.milliseconds, rememberedLogin.blob], SessionRow.init)
    }
}
