internal import Exeunt
internal import ExeuntHTTP
internal import Foundation
internal import Logging
internal import Metrics
internal import OutboundHTTP
internal import RedisDenylist
internal import ServiceLifecycle
internal import Settlement
internal import Synchronization
internal import UnixSignals

/// Puts a server together from its settings, and runs it until it is told to stop.
struct Server {
    /// How long requests under way may take once it is told to stop.
    private static let drain: Duration = .seconds(10)

    let settings: Settings
    let withDemo: Bool
    let logger: Logger

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        // A file that grows past a limit of the shell is an error of the write, as on a full disk.
        signal(SIGXFSZ, SIG_IGN)
        try checkFirst()
        let port = try FreePort.find(settings.listen)
        let folder = DataFolder(path: settings.text(.data))
        try folder.prepare(logger: logger)
        let lock = try FolderLock(path: folder.lock)
        defer { withExtendedLifetime(lock) {} }
        guard let publicURL = settings.publicURL(port: port) else {
            throw CommandFailure(.couldNotTry, "public_url is needed to listen on \(settings.text(.listen))")
        }
        let store = try folder.makeStore(settings, logger: logger)
        defer { store.close() }
        try folder.highWaterMark.check(try await store.position())
        var authority = try await folder.authority(
            store: store, settings: settings, issuer: publicURL.origin, isServing: true, logger: logger)
        let mirror = mirror(of: authority)
        authority.mirror = mirror
        let outgoing = try settings.outgoingHTTP()
        authority.providerKeys = ProviderKeys(http: outgoing, environment: authority.environment)
        let signIn = signIn(authority)
        let demo = try await demoAccounts(folder, signIn)
        let answers = Atomic(false)
        let services = try await services(
            authority, signIn, store, mirror, outgoing, publicURL: publicURL, port: port
        ) { port in
            answers.store(true, ordering: .relaxed)
            announce(port: port, publicURL: publicURL, demo: demo)
        }
        let keeper = HighWaterMarkKeeper(mark: folder.highWaterMark, store: store, logger: logger)
        let poller = EventPoller(authority: authority, http: outgoing, clock: ContinuousClock())
        do {
            try await run([keeper, poller] + services, hasAnswered: { answers.load(ordering: .relaxed) })
        } catch {
            await outgoing.close()
            throw error
        }
        await outgoing.close()
        logger.notice("stopped")
    }

    /// What can be seen to fail before anything is made.
    private func checkFirst() throws(CommandFailure) {
        if withDemo, !settings.flag(.signInEnabled) {
            throw CommandFailure(.couldNotTry, "--demo needs the built-in sign-in; set sign_in.enabled to true")
        }
        for key in [SettingKey.tlsCertificate, .tlsKey] {
            guard let path = settings.optionalText(key) else { continue }
            do throws(CommandFailure) {
                _ = try SmallFile.read(path)
            } catch {
                throw CommandFailure(
                    error.status, "\(key.rawValue) (\(settings.place(of: key).text)): \(error.message)")
            }
        }
    }

    // MARK: Parts

    private func signIn(_ authority: Authority) -> SignIn? {
        guard settings.flag(.signInEnabled) else { return nil }
        let cores = ProcessInfo.processInfo.activeProcessorCount
        // One core stays for everybody else, and four hashes at once are 128 MiB.
        let hasher = PasswordHasher(
            log2N: settings.integer(.scryptLog2N), concurrency: min(max(1, cores - 1), 4),
            environment: authority.environment)
        return SignIn(
            authority: authority.waiting(.atMost(Limits.browserPatience)), hasher: hasher, throttle: SignInThrottle(),
            stepUp: settings.stepUp)
    }

    private func demoAccounts(_ folder: DataFolder, _ signIn: SignIn?) async throws -> [String] {
        guard withDemo, let signIn else { return [] }
        return try await DemoAccounts(path: folder.demoAccounts, signIn: signIn).prepare()
    }

    private func services(
        _ authority: Authority, _ signIn: SignIn?, _ store: any Store, _ mirror: RedisDenylist?,
        _ outgoing: any OutgoingHTTP, publicURL: PublicURL, port: Int,
        onReady: @escaping @Sendable (Int) async -> Void
    ) async throws -> [any Service] {
        let clock = ContinuousClock()
        guard let followers = authority.followers else { preconditionFailure("a server has followers") }
        let revocations = try await RevocationFeed(
            store: authority.store, followers: followers, clock: clock, logger: logger)
        let metrics = PrometheusRegistry()
        MetricsSystem.bootstrap(metrics)
        ProcessMetrics.observe(in: metrics, startedAt: authority.environment.now())
        metrics.observe("exeunt_event_streams", as: "Open pages that wait to hear of the end of their session.") {
            Double(revocations.watcherCount)
        }
        metrics.observe(
            "exeunt_store_commits_total", as: "Transactions committed; writes that arrive together share one."
        ) {
            Double(store.commitCount)
        }
        metrics.observe("exeunt_followers", as: "Verifiers that follow the log and are remembered.") {
            Double(followers.list().count)
        }
        metrics.observe("exeunt_unsettled_seconds", as: "Age of the oldest ending that some verifier may lack.") {
            Double(followers.oldestUnsettledMilliseconds) / 1000
        }
        metrics.observe(
            "exeunt_follower_lease_age_seconds", as: "Since when a verifier that holds a lease has said nothing."
        ) {
            followers.list().filter { $0.leaseLeftMilliseconds != nil }.map { follower in
                let names = [("verifier", follower.standing.id.description), ("client", follower.clientID)]
                return (names, Double(follower.polledAgoMilliseconds) / 1000)
            }
        }
        if let mirror { observe(mirror, in: metrics) }
        let listen = ListenAddress(host: settings.listen.host, port: port)
        let http: any Service
        do {
            http = try makeServer(
                authority: authority, signIn: signIn, revocations: revocations, followers: followers, metrics: metrics,
                settings: settings.http(publicURL: publicURL), outgoing: outgoing, listen: listen, tls: settings.tls,
                logger: logger, onReady: onReady)
        } catch {
            guard settings.tls != nil else { throw error }
            throw CommandFailure(
                .couldNotTry,
                "tls.certificate and tls.key are no certificate and key in PEM that belong together: \(error)")
        }
        // They stop from the last to the first: the feed closes the event streams, held polls and sign-outs are let go, then
        // the requests are finished, and the mirror has taken what they have ended.
        let sweeper = Sweeper(
            authority: authority, interval: .seconds(1), auditRetention: settings.auditRetention, clock: clock)
        let dispatcher = OutboxDispatcher(authority: authority, http: outgoing, clock: clock, sweep: sweeper.sweep)
        observe(dispatcher, in: metrics)
        let upkeep: [any Service] = [
            sweeper,
            KeyRotator(
                authority: authority, maximumAge: settings.keyRotation, interval: .seconds(5), clock: clock),
            StreamExpiry(authority: authority, interval: .seconds(30), clock: clock),
            dispatcher,
        ]
        return upkeep + [mirror].compactMap(\.self) + [http] + control(of: followers) + [followers, revocations]
    }

    /// The socket for whoever may open the data folder.
    private func control(of followers: Followers) -> [any Service] {
        let path = DataFolder(path: settings.text(.data)).controlSocket
        guard path.utf8.count <= ControlSocket.pathBytes else {
            logger.warning(
                "the path of the control socket is too long, so `exeunt followers` cannot ask this server",
                metadata: ["path": "\(path)", "bytes_at_most": "\(ControlSocket.pathBytes)"])
            return []
        }
        return [ControlSocket.makeServer(followers: followers, path: path, logger: logger)]
    }

    // MARK: Running

    private func run(_ services: [any Service], hasAnswered: () -> Bool) async throws {
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        configuration.maximumGracefulShutdownDuration = Self.drain
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            guard hasAnswered() else {
                let files = settings.tls == nil ? "" : ", with tls.certificate and tls.key, which must belong together"
                throw CommandFailure(.couldNotTry, "cannot listen on \(settings.text(.listen))\(files): \(error)")
            }
            throw CommandFailure(.notSo, "the server stopped by itself: \(error)")
        }
    }

    /// The service group tells of each of its steps; its warnings are enough.
    private var quiet: Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }

    private func announce(port: Int, publicURL: PublicURL, demo: [String]) {
        let listen = settings.listen
        let host =
            listen.isWildcard ? ListenAddress(host: listen.host == "::" ? "::1" : "127.0.0.1", port: port) : listen
        let url = (settings.tls == nil ? "http://" : "https://") + host.text(port: port)
        logger.notice(
            "ready",
            metadata: ["version": "\(Program.current.version)", "url": "\(url)", "public_url": "\(publicURL)"])
        if !publicURL.isSecure {
            logger.warning("plain http: the cookies lack Secure and __Host-, which is for this machine alone")
        }
        do {
            try Announcement(url: url, publicURL: publicURL.origin, demo: demo).make()
        } catch {
            logger.warning("cannot say on standard output that it is ready", metadata: ["error": "\(error)"])
        }
    }
}
