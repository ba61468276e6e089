internal import Settlement

/// The feed's answer as it is written in JSON.
struct FeedAnswerBody: Decodable {
    private struct Record: Decodable {
        var seq: UInt64
        var kind: String
        var id: String?
        var subject: String?
        var version: UInt64?
        var except: String?
        /// Seconds since 1970 (NumericDate, RFC 7519 §2).
        var until: Int64
    }

    private var node: String
    private var after: UInt64
    private var head: UInt64
    private var leaseMilliseconds: Int64
    private var keysVersion: String
    private var revocations: [Record]

    private enum CodingKeys: String, CodingKey {
        case node, after, head, revocations
        case leaseMilliseconds = "lease_ms"
        case keysVersion = "keys_version"
    }

    /// The answer.
    ///
    /// Throws when anything in it is not understood: a record that is passed over is a sign-out that is not heard of.
    func answer() throws(AuthorityFailure) -> FeedAnswer {
        guard let node = Identifier(node), after <= head, leaseMilliseconds >= 0,
            leaseMilliseconds <= Limits.longestLease.milliseconds
        else { throw Self.fault }
        var last = after
        var records: [Revocation] = []
        records.reserveCapacity(revocations.count)
        for record in revocations {
            guard record.seq > last, record.seq <= head, (0...1 << 42).contains(record.until) else { throw Self.fault }
            last = record.seq
            records.append(
                Revocation(seq: record.seq, target: try Self.target(record), until: record.until * 1000))
        }
        return FeedAnswer(
            node: node, after: after, through: head, revocations: records, leaseMilliseconds: leaseMilliseconds,
            keysVersion: keysVersion)
    }

    private static func target(_ record: Record) throws(AuthorityFailure) -> Revocation.Target {
        switch record.kind {
        case "token":
            guard let id = record.id.flatMap({ Identifier($0) }) else { throw fault }
            return .token(id)
        case "session":
            guard let id = record.id.flatMap({ Identifier($0) }) else { throw fault }
            return .session(id)
        case "subject":
            let except = record.except.map { Identifier($0) }
            // A name in `except` that is none would end a session that is to be spared.
            guard let subject = record.subject, let version = record.version, except != .some(nil) else { throw fault }
            return .subject(subject, version: version, except: except.flatMap(\.self))
        case "all":
            guard let version = record.version else { throw fault }
            return .all(epoch: version)
        default: throw fault
        }
    }

    private static let fault = AuthorityFailure.unreachable("the feed's answer cannot be understood")
}
