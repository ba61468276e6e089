internal import Exeunt
internal import Settlement

/// How a record of the log lies in its table.
struct RevocationColumns {
    enum Kind: Int64 {
        /// An index of the table names this number.
        case token = 1
        case session = 2
        case subject = 3
        case all = 4
    }

    static let names = "seq, kind, key, subject, version, spared, reason, at, until"

    let kind: Kind
    var key: Identifier?
    var subject: String?
    var version: Int64?
    var spared: Identifier?

    init(_ target: Revocation.Target) {
        switch target {
        case .token(let token):
            kind = .token
            key = token
        case .session(let session):
            kind = .session
            key = session
        case .subject(let subject, let version, let except):
            kind = .subject
            self.subject = subject
            self.version = Int64(clamping: version)
            spared = except
        case .all(let epoch):
            kind = .all
            version = Int64(clamping: epoch)
        }
    }

    /// The record of a row with the columns ``names``.
    static func read(_ row: Columns) throws -> LoggedRevocation {
        guard let reason = EndingReason(rawValue: row.text(6)) else {
            throw AuthorityError.corrupted("the log has the unknown reason \(row.text(6))")
        }
        let revocation = Revocation(
            seq: UInt64(clamping: row.number(0)), target: try target(row), until: row.moment(8).milliseconds)
        return LoggedRevocation(revocation: revocation, reason: reason, at: row.moment(7))
    }

    private static func target(_ row: Columns) throws -> Revocation.Target {
        switch Kind(rawValue: row.number(1)) {
        case .token: return .token(try row.identifier(2))
        case .session: return .session(try row.identifier(2))
        case .subject:
            return .subject(
                row.text(3), version: UInt64(clamping: row.number(4)), except: try row.optionalIdentifier(5))
        case .all: return .all(epoch: UInt64(clamping: row.number(4)))
        case nil: throw AuthorityError.corrupted("the log has a record of the unknown kind \(row.number(1))")
        }
    }
}
