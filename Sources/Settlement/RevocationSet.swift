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

    private var tokens = ExpiringIdentifiers()
    private var sessions = ExpiringIdentifiers()
    private var subjects: [String: SubjectCut] = [:]
    /// When to look for subjects' records to drop.
    private var subjectsDue = Int64.max
    private var epoch: UInt64 = 0
    private var epochUntil: Int64 = .min
    /// The latest moment at which a record that has been dropped was to go, in milliseconds since 1970.
    package private(set) var droppedThrough = Int64.min

    package init() {}

    /// How many records are held.
    package var count: Int { tokens.count + sessions.count + subjects.count + (epoch > 0 ? 1 : 0) }

    /// Adds a record; adding one twice, or one that a newer record covers, changes nothing.
    package mutating func insert(_ revocation: Revocation) {
        let until = revocation.until
        switch revocation.target {
        case .token(let token): tokens.insert(token, until: until)
        case .session(let session): sessions.insert(session, until: until)
        case .subject(let subject, let version, let except):
            if let held = subjects[subject], held.version >= version { return }
            let latest = max(until, subjects[subject]?.until ?? .min)
            subjects[subject] = SubjectCut(version: version, except: except, until: latest)
            subjectsDue = min(subjectsDue, latest)
        case .all(let epoch):
            self.epoch = max(self.epoch, epoch)
            epochUntil = max(epochUntil, until)
        }
    }

    /// Whether a token that says `claims` of itself has been ended.
    package func isOver(_ claims: TokenClaims) -> Bool {
        if claims.epoch < epoch { return true }
        if sessions.contains(claims.session) || tokens.contains(claims.token) { return true }
        guard let cut = subjects[claims.subject] else { return false }
        return claims.version < cut.version && claims.session != cut.except
    }

    /// Drops records whose tokens have all expired by `now`, in milliseconds since 1970.
    ///
    /// It looks through a part of a large set at a time: after as many calls as there are thousands of records, all of it.
    package mutating func dropExpired(at now: Int64) {
        var dropped = [
            tokens.forget(at: now, inBuckets: Self.bucketsPerCall),
            sessions.forget(at: now, inBuckets: Self.bucketsPerCall),
        ].compactMap(\.self)
        if subjectsDue <= now {
            dropped += subjects.values.map(\.until).filter { $0 <= now }
            subjects = subjects.filter { $0.value.until > now }
            // Looking through them all is for once a second, however often somebody asks.
            subjectsDue = max(subjects.values.map(\.until).min() ?? .max, now + 1000)
        }
        if epoch > 0, epochUntil <= now {
            dropped.append(epochUntil)
            epoch = 0
        }
        droppedThrough = max(droppedThrough, dropped.max() ?? .min)
    }

    private static let bucketsPerCall = 64
}
