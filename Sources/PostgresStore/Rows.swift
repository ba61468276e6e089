internal import Exeunt
internal import Settlement

/// A subject as the table has it, locked, and as the transaction leaves it.
///
/// The counters are of the rows that are not ended. A session whose end has passed stays among them until it is swept.
final class SubjectRow {
    let number: Int64
    let name: Subject
    var version: Int64
    var epoch: Int64
    var liveSessions: Int
    var liveRemembered: Int
    /// Whether it has to be written.
    var isChanged = false

    static let columns = "u.number, u.name, u.version, u.epoch, u.live_sessions, u.live_remembered"

    init(_ row: Columns) throws {
        number = row.number(0)
        name = try row.subject(1)
        version = row.number(2)
        epoch = row.number(3)
        liveSessions = Int(row.number(4))
        liveRemembered = Int(row.number(5))
    }
}

/// A session as the table has it, and as the transaction leaves it.
final class SessionRow {
    static let columns = """
        s.id, s.handle, s.subject, s.version, s.last_active_at, s.idle_end, s.absolute_end, s.generation, s.rotated_at,
        s.created_at, s.authenticated_at, s.refresh_family, s.remembered, s.client, s.address, s.user_agent, s.label,
        s.upstream_issuer, s.upstream_session, s.upstream_subject, s.status_index
        """
    /// How many ``columns`` there are.
    static let width = 21

    let subject: SubjectRow
    var version: Int64
    var generation: UInt32
    var rotatedAt: Timestamp
    var handle: SecretHash
    let family: SecretHash?
    var session: Session

    /// Reads ``columns``, from the column `first` on.
    init(_ row: Columns, of subject: SubjectRow, from first: Int = 0) throws {
        self.subject = subject
        handle = SecretHash(stored: row.bytes(first + 1))
        version = row.number(first + 3)
        generation = UInt32(truncatingIfNeeded: row.number(first + 7))
        rotatedAt = row.moment(first + 8)
        family = row.optionalBytes(first + 11).map(SecretHash.init(stored:))
        session = try Self.session(
            row, of: subject.name, version: version, epoch: subject.epoch, from: first)
    }

    init(_ session: Session, of subject: SubjectRow, handle: SecretHash, family: SecretHash?) {
        self.subject = subject
        self.session = session
        self.handle = handle
        self.family = family
        version = Int64(clamping: session.version)
        generation = 0
        rotatedAt = session.createdAt
    }

    static func session(
        _ row: Columns, of subject: Subject, version: Int64, epoch: Int64, from first: Int = 0
    ) throws -> Session {
        var device = Device()
        device.address = row.optionalText(first + 14)
        device.userAgent = row.optionalText(first + 15)
        device.label = row.optionalText(first + 16)
        return Session(
            id: try row.identifier(first), subject: subject, version: UInt64(clamping: version),
            epoch: UInt64(clamping: epoch), clientID: row.text(first + 13), device: device,
            createdAt: row.moment(first + 9), lastActiveAt: row.moment(first + 4),
            authenticatedAt: row.moment(first + 10), idleEnd: row.moment(first + 5),
            absoluteEnd: row.moment(first + 6), rememberedLogin: try row.optionalIdentifier(first + 12),
            upstream: row.upstream(first + 17),
            statusIndex: row.optionalNumber(first + 20).map { UInt64(clamping: $0) })
    }
}

/// A remembered login as the table has it, and as the transaction leaves it.
final class RememberedRow {
    static let columns = """
        r.id, r.family, r.subject, r.version, r.client, r.generation, r.rotated_at, r.authenticated_at, r.expires_at,
        r.upstream_issuer, r.upstream_session, r.upstream_subject
        """

    let id: Identifier
    let family: SecretHash
    let subject: SubjectRow
    var version: Int64
    let clientID: String
    var generation: UInt32
    var rotatedAt: Timestamp
    let authenticatedAt: Timestamp
    let expiresAt: Timestamp
    let upstream: Session.Upstream?

    init(_ row: Columns, of subject: SubjectRow) throws {
        self.subject = subject
        id = try row.identifier(0)
        family = SecretHash(stored: row.bytes(1))
        version = row.number(3)
        clientID = row.text(4)
        generation = UInt32(truncatingIfNeeded: row.number(5))
        rotatedAt = row.moment(6)
        authenticatedAt = row.moment(7)
        expiresAt = row.moment(8)
        upstream = row.upstream(9)
    }

    init(_ login: RememberedLogin, of subject: SubjectRow, for opening: Opening) {
        self.subject = subject
        id = login.id
        family = login.familyHash
        version = subject.version
        clientID = opening.clientID
        generation = 0
        rotatedAt = login.createdAt
        authenticatedAt = opening.authenticatedAt
        expiresAt = login.expiresAt
        upstream = opening.upstream
    }
}
