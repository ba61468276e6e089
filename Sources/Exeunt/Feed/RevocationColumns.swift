package import Settlement

/// How a record of the log lies in a store's table.
package struct RevocationColumns {
    package enum Kind: Int64 {
        /// An index of each store's table names this number.
        case token = 1
        case session = 2
        case subject = 3
        case all = 4
    }

    /// In the order of ``init(kind:key:subject:version:spared:)``, between where the record is and why and when.
    package static let names = "seq, kind, key, subject, version, spared, reason, at, until"

    package let kind: Kind
    package var key: Identifier?
    package var subject: String?
    package var version: Int64?
    package var spared: Identifier?

    package init(_ target: Revocation.Target) {
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

    /// What a row has.
    package init(kind: Int64, key: Identifier?, subject: String?, version: Int64?, spared: Identifier?) throws {
        guard let known = Kind(rawValue: kind) else {
            throw AuthorityError.corrupted("the log has a record of the unknown kind \(kind)")
        }
        self.kind = known
        self.key = key
        self.subject = subject
        self.version = version
        self.spared = spared
    }

    /// The record that a row with them is.
    package func record(
        seq: Int64, reason: String, at: Timestamp, until: Timestamp
    ) throws -> LoggedRevocation {
        guard let known = EndingReason(rawValue: reason) else {
            throw AuthorityError.corrupted("the log has the unknown reason \(reason)")
        }
        let revocation = Revocation(
            seq: UInt64(clamping: seq), target: try target, until: until.milliseconds)
        return LoggedRevocation(revocation: revocation, reason: known, at: at)
    }

    private var target: Revocation.Target {
        get throws {
            let number = UInt64(clamping: version ?? 0)
            switch (kind, key) {
            case (.token, let token?): return .token(token)
            case (.session, let session?): return .session(session)
            case (.subject, _): return .subject(subject ?? "", version: number, except: spared)
            case (.all, _): return .all(epoch: number)
            case (.token, nil), (.session, nil):
                throw AuthorityError.corrupted("a record of the log does not say what it ends")
            }
        }
    }
}
