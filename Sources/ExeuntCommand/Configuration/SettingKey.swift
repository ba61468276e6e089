/// The name of each setting, as the configuration file writes it.
enum SettingKey: String, CaseIterable, Sendable {
    case listen
    case data
    case database
    case publicURL = "public_url"
    case tlsCertificate = "tls.certificate"
    case tlsKey = "tls.key"
    case trustedProxies = "trusted_proxies"
    case outgoingAllow = "outgoing.allow"
    case outgoingAuthorities = "outgoing.ca"
    case idleTimeout = "session.idle_timeout_seconds"
    case absoluteTimeout = "session.absolute_timeout_seconds"
    case maxPerSubject = "session.max_per_subject"
    case whenFull = "session.when_full"
    case accessLifetime = "tokens.access_lifetime_seconds"
    case algorithm = "tokens.algorithm"
    case audience = "tokens.audience"
    case statusLists = "status_lists"
    case refreshGrace = "refresh.grace_seconds"
    case reuseEnds = "refresh.reuse_ends"
    case rememberLifetime = "remember.lifetime_seconds"
    case leaseStandard = "lease.standard_ms"
    case leaseLongest = "lease.longest_ms"
    case signInEnabled = "sign_in.enabled"
    case scryptLog2N = "sign_in.scrypt_log2_n"
    case stepUp = "sign_in.step_up_seconds"
    case defaultReturn = "logout.default_return"
    case returnURLs = "logout.return_urls"
    case clearCache = "logout.clear_cache"
    case passwordChanged = "policy.password_changed"
    case emailChanged = "policy.email_changed"
    case factorChanged = "policy.factor_changed"
    case redisURL = "redis.url"
    case redisPrefix = "redis.prefix"
    case redisLease = "redis.lease_ms"
    case eventLife = "outbox.event_life_seconds"
    case auditRetention = "audit.retention_days"
    case keyRotation = "keys.rotate_days"
    case logLevel = "log.level"

    /// Its environment variable: `EXEUNT_` and the name in capitals, with underscores for the dots.
    var environmentName: String {
        EnvironmentNames.prefix + rawValue.uppercased().replacing(".", with: "_")
    }

    /// The section that it stands in: `session` for `session.when_full`; nil for one at the top.
    var section: String? {
        rawValue.contains(".") ? String(rawValue.prefix { $0 != "." }) : nil
    }
}
