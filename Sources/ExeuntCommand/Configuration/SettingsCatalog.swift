internal import Exeunt
internal import Logging
internal import RedisDenylist
internal import RedisLink

/// Every setting that there is; the reference, the checks and the defaults all come from this table.
enum SettingsCatalog {
    private static let day = 86_400
    private static let year = 365 * day

    static let all: [Setting] = network + sessions + tokens + leases + redis + signInAndOut + upkeep

    private static let network: [Setting] = [
        Setting(
            .listen, .text(.listenAddress), default: .text("127.0.0.1:8080"),
            "Address and port to listen on. Port 0 picks a free one."),
        Setting(.data, .text(.folder), default: .text("./data"), "The data folder."),
        Setting(
            .database, .text(.database), otherwise: "SQLite, in the data folder",
            "The PostgreSQL database that holds everything but the master key. Several servers may share one. Never shown with "
                + "its password."),
        Setting(
            .publicURL, .text(.publicURL), otherwise: "`http://localhost` and the port; else `listen`, with TLS",
            "What browsers and apps call this server; also the issuer of its tokens. Must be https, unless its host is "
                + "a loopback address."),
        Setting(
            .tlsCertificate, .text(.file),
            "PEM file with the certificate and its chain. With `tls.key` it turns TLS on."),
        Setting(.tlsKey, .text(.file), "PEM file with the private key."),
        Setting(
            .trustedProxies, .list(.addressBlock), default: .list([]), otherwise: "none",
            "Addresses or CIDR networks of the proxies whose `X-Forwarded-For` is believed."),
        Setting(
            .outgoingAllow, .list(.addressBlock), default: .list([]), otherwise: "none",
            "Addresses or CIDR networks inside (loopback, private and the like) that requests to receivers and providers may "
                + "go to, in plain http too. Everything else must be public, and https."),
        Setting(
            .outgoingAuthorities, .text(.file),
            "PEM file with certificate authorities that those requests trust besides the system's."),
    ]

    private static let sessions: [Setting] = [
        Setting(
            .idleTimeout, .integer(1...year, unit: "seconds"), default: .integer(3600),
            "A session ends when nothing is heard of it for so long."),
        Setting(
            .absoluteTimeout, .integer(1...year, unit: "seconds"), default: .integer(day),
            "A session ends so long after its start, whatever happens."),
        Setting(
            .maxPerSubject, .integer(0...100_000, unit: "sessions"), default: .integer(0),
            "The most sessions that one subject may have at once; 0 is no cap."),
        Setting(
            .whenFull, .choice(ConcurrencyLimit.WhenFull.allCases.map(\.rawValue)), default: .text("end_oldest"),
            "At the cap: `end_oldest` ends the least recently active session, `refuse` refuses the new one."),
    ]

    private static let tokens: [Setting] = [
        Setting(
            .accessLifetime, .integer(1...day, unit: "seconds"), default: .integer(900),
            "Life of an access token. Longer means a longer log of revocations."),
        Setting(
            .algorithm, .choice(SigningAlgorithm.allCases.map(\.rawValue)), default: .text("ES256"),
            "What signs access tokens, for keys made from now on."),
        Setting(
            .audience, .list(.audience), default: .list([]), otherwise: "the issuer",
            "The `aud` of access tokens."),
        Setting(
            .statusLists, .flag, default: .flag(false),
            "Give sessions a place in status lists, for services that can neither follow nor ask. Weaker than both."),
        Setting(
            .refreshGrace, .integer(0...3600, unit: "seconds"), default: .integer(10),
            "How long the refresh token before the current one is still answered, with the same successor. 0 allows "
                + "none."),
        Setting(
            .reuseEnds, .choice(Rotation.ReuseConsequence.allCases.map(\.rawValue)), default: .text("session"),
            "What a reused refresh token ends: its `session`, or `all` sessions of the subject."),
        Setting(
            .rememberLifetime, .integer(1...400 * day, unit: "seconds"), default: .integer(30 * day),
            "Life of a remembered login since the sign-in that made it."),
    ]

    private static let leases: [Setting] = [
        Setting(
            .leaseStandard, .integer(100...3_600_000, unit: "milliseconds"), default: .integer(3000),
            "How long a verifier may answer from memory that asks for no length of its own. A verifier that dies delays "
                + "sign-outs for so long."),
        Setting(
            .leaseLongest, .integer(100...3_600_000, unit: "milliseconds"), default: .integer(60_000),
            "The most that a verifier gets that asks for more, to ride out an outage."),
    ]

    private static let redis: [Setting] = [
        Setting(
            .redisURL, .text(.redisURL),
            "The Redis that the log of revocations is mirrored into, for servers that only speak Redis. Never shown with "
                + "its password."),
        Setting(
            .redisPrefix, .text(.redisPrefix), default: .text("exeunt"),
            "What the mirror's keys begin with. Each authority needs one of its own."),
        Setting(
            .redisLease,
            .integer(MirrorLimits.shortestLease...MirrorLimits.longestLease, unit: "milliseconds"),
            default: .integer(10_000),
            "How long the mirror may be believed without a word of this server. A Redis that is cut off from it goes on for "
                + "so long."),
    ]

    private static let signInAndOut: [Setting] = [
        Setting(.signInEnabled, .flag, default: .flag(true), "The built-in sign-in and account pages."),
        Setting(
            .scryptLog2N, .integer(10...20, unit: nil), default: .integer(15),
            "Cost of a password hash, as a power of two; below 14 is for tests. One more doubles time and memory."),
        Setting(
            .stepUp, .integer(0...day, unit: "seconds"), default: .integer(600),
            "How recent a sign-in must be for a sensitive change without the password."),
        Setting(
            .defaultReturn, .text(.returnPath), default: .text("/signed-out"),
            "Where a sign-out leads when the request does not say."),
        Setting(
            .returnURLs, .list(.returnURL), default: .list([]), otherwise: "none",
            "URLs on other origins to which a sign-out may lead. Compared to the letter."),
        Setting(
            .clearCache, .flag, default: .flag(false),
            "Also send `Clear-Site-Data: \"cache\"`. It can stall a browser for seconds."),
    ]

    private static let upkeep: [Setting] = [
        Setting(
            .passwordChanged, endings, default: .text("others"),
            "What a changed password ends: the `others` of the subject's sessions, or `all`."),
        Setting(.emailChanged, endings, default: .text("others"), "The same for a changed address."),
        Setting(
            .factorChanged, endings, default: .text("others"),
            "The same for a second factor that was added, changed or removed."),
        Setting(
            .eventLife, .integer(1...30 * day, unit: "seconds"), default: .integer(day),
            "How long a receiver is tried to be told of the end of a session. Then it is a dead letter."),
        Setting(
            .auditRetention, .integer(1...3650, unit: "days"), default: .integer(90),
            "How long audit events are kept."),
        Setting(
            .keyRotation, .integer(1...3650, unit: "days"), default: .integer(90),
            "Age at which a new signing key takes over by itself."),
        Setting(
            .logLevel, .choice(Logger.Level.allCases.map(\.rawValue)), default: .text("info"),
            "The least important messages that are logged."),
    ]

    private static let endings = SettingForm.choice(EndingPolicy.Scope.allCases.map(\.rawValue))
}
