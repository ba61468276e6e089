import Exeunt
import Foundation
import Logging
import SQLiteStore
import Settlement
import Synchronization
import Testing

/// An authority on a fresh database, with a clock that stands still until it is moved.
final class TestAuthority: Sendable {
    let authority: Authority
    let store: SQLiteStore
    private let clock: TestClock
    private let folder: URL

    static let application = "client_application"

    /// An authority whose store passes what it is asked on to the one of the test, where it does not fail.
    init(
        _ adjust: (inout AuthorityPolicy) -> Void = { _ in }, on wrapped: (any Store) -> any Store = { $0 }
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "exeunt-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.folder = folder
        let clock = TestClock()
        self.clock = clock
        var policy = AuthorityPolicy(issuer: "https://accounts.example.com")
        adjust(&policy)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        store = try SQLiteStore(path: folder.appending(path: "exeunt.sqlite").path(), logger: logger)
        let environment = Environment(
            now: { clock.now }, moment: { Moment(milliseconds: clock.now.milliseconds) },
            randomBytes: { count in (0..<count).map { _ in UInt8.random(in: .min ... .max) } })
        let keyRing = try KeyRing(masterKeys: [(1, [UInt8](repeating: 7, count: 32))])
        authority = Authority(
            store: wrapped(store), keyRing: keyRing,
            signingKeys: try await SigningKeys(
                store: store, keyRing: keyRing, algorithm: policy.signingAlgorithm, environment: environment),
            policy: policy, environment: environment, logger: logger)
    }

    deinit {
        store.close()
        try? FileManager.default.removeItem(at: folder)
    }

    func wait(_ duration: Duration) { clock.move(by: duration) }

    /// A session with every credential there is.
    func open(_ name: String = "ada", remember: Bool = false) async throws -> OpenedSession {
        try await authority.openSession(
            OpenSessionRequest(
                subject: try #require(Subject(name)), clientID: Self.application,
                device: Device(userAgent: "test", address: "192.0.2.1"), remember: remember, wantsTokens: true,
                by: .authority))
    }

    func isLive(_ opened: OpenedSession) async throws -> Bool {
        try await authority.checkSession(opened.handle, countsAsActivity: false) != nil
    }

    /// Everything of a session that is still accepted somewhere.
    func accepted(of opened: OpenedSession) async throws -> [String] {
        var accepted: [String] = []
        if try await isLive(opened) { accepted.append("session cookie") }
        if let token = opened.accessToken, let credential = PresentedCredential(token.revealed),
            try await authority.introspect(credential) != nil
        {
            accepted.append("access token")
        }
        if let token = opened.refreshToken, (try? await refresh(token)) != nil { accepted.append("refresh token") }
        if let token = opened.rememberToken, (try? await resume(token)) != nil { accepted.append("remember-me token") }
        return accepted
    }

    func refresh(_ token: RotatingToken) async throws -> Authority.RefreshedTokens {
        try await authority.rotateRefreshToken(token, clientID: Self.application, by: .authority)
    }

    func resume(_ token: RotatingToken) async throws -> OpenedSession {
        try await authority.resumeRememberedLogin(
            token, clientID: Self.application, device: Device(), wantsTokens: true, by: .authority)
    }

    func sweep() async throws {
        let sweeper = Sweeper(
            authority: authority, interval: .seconds(1), auditRetention: .seconds(86_400), clock: ContinuousClock())
        _ = try await sweeper.sweep()
    }

    func events(_ kinds: AuditEvent.Kind...) async throws -> [AuditEvent] {
        var filter = AuditFilter()
        filter.kinds = Set(kinds)
        return try await store.auditEvents(filter)
    }
}

/// A wall clock that moves when it is told to.
final class TestClock: Sendable {
    private let moment = Mutex(Timestamp(milliseconds: 1_800_000_000_000))

    var now: Timestamp { moment.withLock { $0 } }

    func move(by duration: Duration) { moment.withLock { $0 = $0 + duration } }
}
