/// The live records of the log, arranged to say whether a token is over.
///
/// It answers exactly as a scan with ``Revocation/matches(_:)`` over every record inserted and not yet dropped would. One
/// record a subject is enough: a newer one replaces an older one, because the session that it spares was alive when
/// it was written, and all that the older one ended has a version below its own.
package struct RevocationSet: Sendable {
    private struct SubjectCut: Sendable {
        var version: UInt64
        var except: Identifier?
        var until: Int64
    }

    private var tokens: [Identifier: Int64] = [:]
    private var sessions: [Identifier: Int64] = [:]
    private var subjects: [String: SubjectCut] = [:]
    private var epoch: UInt64 = 0
    private var epochUntil: Int64 = .min

    package init() {}

    /// How many records are held.
    package var count: Int { tokens.count + sessions.count + subjects.count + (epoch > 0 ? 1 : 0) }

    /// Adds a record; adding one twice, or one that a newer record covers, changes nothing.
    package mutating func insert(_ revocation: Revocation) {
        let until = revocation.until
        switch revocation.target {
        case .token(let token): tokens[token] = max(until, tokens[token] ?? .min)
        case .session(let session): sessions[session] = max(until, sessions[session] ?? .min)
        case .subject(let subject, let version, let except):
            if let held = subjects[subject], held.version >= version { return }
            let latest = max(until, subjects[subject]?.until ?? .min)
            subjects[subject] = SubjectCut(version: version, except: except, until: latest)
        case .all(let epoch):
            self.epoch = max(self.epoch, epoch)
            epochUntil = max(epochUntil, until)
        }
    }

    /// Whether a token that says `claims` of itself has been ended.
    package func isOver(_ claims: TokenClaims) -> Bool {
        if claims.epoch < epoch { return true }
        if sessions[claims.session] != nil || tokens[claims.token] != nil { return true }
        guard let cut = subjects[claims.subject] else { return false }
        return claims.version < cut.version && claims.session != cut.except
    }

    /// Drops the records whose tokens have all expired by `now`, in milliseconds since 1970.
    package mutating func dropExpired(at now: Int64) {
        tokens = tokens.filter { $0.value > now }
        sessions = sessions.filter { $0.value > now }
        subjects = subjects.filter { $0.value.until > now }
        if epochUntil <= now { epoch = 0 }
    }
}
