internal import Exeunt
internal import Logging
internal import PostgresStore
internal import Settlement

extension Settings {
    /// What the operator has decided for the authority.
    func policy(issuer: String) -> AuthorityPolicy {
        var policy = AuthorityPolicy(issuer: issuer)
        policy.audience = list(.audience)
        policy.lifetime = lifetime
        policy.concurrency = concurrency
        policy.endings.passwordChanged = EndingPolicy.Scope(rawValue: text(.passwordChanged)) ?? .others
        policy.endings.emailChanged = EndingPolicy.Scope(rawValue: text(.emailChanged)) ?? .others
        policy.endings.factorChanged = EndingPolicy.Scope(rawValue: text(.factorChanged)) ?? .others
        policy.onRefreshReuse = Rotation.ReuseConsequence(rawValue: text(.reuseEnds)) ?? .endSession
        policy.hasStatusLists = flag(.statusLists)
        policy.signingAlgorithm = SigningAlgorithm(rawValue: text(.algorithm)) ?? .es256
        policy.eventLife = .seconds(integer(.eventLife))
        return policy
    }

    /// The database, unless it is the file in the data folder.
    var database: DatabaseURI? { optionalText(.database).flatMap(DatabaseURI.init) }

    /// How long verifiers may answer from memory.
    var leases: LeaseTerms {
        LeaseTerms(
            standardMilliseconds: Int64(min(integer(.leaseStandard), integer(.leaseLongest))),
            longestMilliseconds: Int64(integer(.leaseLongest)))
    }

    /// How long an event stays in the audit trail.
    var auditRetention: Duration { days(.auditRetention) }

    /// How old a signing key may become.
    var keyRotation: Duration { days(.keyRotation) }

    /// How recent a sign-in must be for what is sensitive.
    var stepUp: Duration { .seconds(integer(.stepUp)) }

    /// The least important messages to log.
    var logLevel: Logger.Level { Logger.Level(rawValue: text(.logLevel)) ?? .info }

    private var lifetime: SessionLifetime {
        var lifetime = SessionLifetime()
        lifetime.idleTimeout = .seconds(integer(.idleTimeout))
        lifetime.absoluteTimeout = .seconds(integer(.absoluteTimeout))
        lifetime.accessToken = .seconds(integer(.accessLifetime))
        lifetime.refreshGrace = .seconds(integer(.refreshGrace))
        lifetime.rememberedLogin = .seconds(integer(.rememberLifetime))
        return lifetime
    }

    private var concurrency: ConcurrencyLimit? {
        let most = integer(.maxPerSubject)
        guard most > 0 else { return nil }
        return ConcurrencyLimit(
            sessions: most, whenFull: ConcurrencyLimit.WhenFull(rawValue: text(.whenFull)) ?? .endOldest)
    }

    private func days(_ key: SettingKey) -> Duration { .seconds(86_400 * integer(key)) }
}
