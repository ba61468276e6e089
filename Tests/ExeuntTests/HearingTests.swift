import Exeunt
import Foundation
import Settlement
import StoreConformance
import Synchronization
import Testing

@Suite struct HearingTests {
    private static let account = "https://schemas.openid.net/secevent/risc/event-type/account-disabled"

    /// An authority that hears a provider, whose keys are at hand.
    private struct Listener {
        let test: TestAuthority
        let authority: Authority
        let provider = TestProvider()
        let http = StubHTTP()

        init(
            _ adjust: (inout Provider) -> Void = { _ in }, on wrapped: (any Store) -> any Store = { $0 }
        ) async throws {
            test = try await TestAuthority(on: wrapped)
            var authority = test.authority
            authority.providerKeys = ProviderKeys(http: http, environment: authority.environment)
            self.authority = authority
            http.answer("https://keys.example.org/jwks", provider.jwks)
            var registered = TestProvider.registered()
            registered.jwksURI = "https://keys.example.org/jwks"
            adjust(&registered)
            try await authority.store.add(registered, by: .authority)
        }

        var seconds: Int64 { authority.environment.now().seconds }

        func logoutToken(_ changes: Changes) throws -> String {
            try provider.token(
                [
                    "iss": "\"\(TestProvider.issuer)\"", "aud": "\"\(TestProvider.audience)\"", "iat": "\(seconds)",
                    "exp": "\(seconds + 120)", "jti": "\"\(UUID().uuidString)\"",
                    "events": "{\"\(LogoutToken.event)\":{}}",
                ].with(changes))
        }

        func event(_ type: String, _ changes: Changes = [:]) throws -> String {
            try provider.token(
                [
                    "iss": "\"\(TestProvider.issuer)\"", "aud": "\"\(TestProvider.audience)\"", "iat": "\(seconds)",
                    "jti": #""e1""#, "events": "{\"\(type)\":{}}", "sub_id": #"{"format":"opaque","id":"ada"}"#,
                ].with(changes), type: "secevent+jwt")
        }

        func open(_ subject: String = "user", sid: String? = nil, sub: String? = nil) async throws -> OpenedSession {
            try await authority.openSession(
                OpenSessionRequest(
                    subject: try #require(Subject(subject)), clientID: TestAuthority.application, device: Device(),
                    upstream: .init(issuer: TestProvider.issuer, session: sid, subject: sub), wantsTokens: true,
                    by: .authority))
        }
    }

    @Test func `more sessions than one transaction takes all end, and are counted`() async throws {
        let listener = try await Listener()
        for number in 0..<Limits.sweepBatch + 7 { _ = try await listener.open("user-\(number)", sub: "ada") }
        let other = try await listener.open(sub: "grace")
        let receipt = try await listener.authority.hear(
            logoutToken: try listener.logoutToken(["sub": #""ada""#]), by: .authority)
        #expect(receipt.endedSessions == Limits.sweepBatch + 7)
        #expect(try await listener.test.isLive(other))
    }

    @Test func `a token is remembered for as long as it is accepted`() async throws {
        let listener = try await Listener()
        let token = try listener.logoutToken(["sub": #""ada""#, "exp": "\(listener.seconds + 10_000_000)"])
        _ = try await listener.authority.hear(logoutToken: token, by: .authority)
        let opened = try await listener.open(sub: "ada")
        for hours in [1, 22, 1] {
            listener.test.wait(.seconds(hours * 3600))
            try await listener.test.sweep()
            _ = try? await listener.authority.hear(logoutToken: token, by: .authority)
            let events = try await listener.test.events(.sessionEnded)
            #expect(events.isEmpty, "a replay ended \(opened.session.id)")
        }
        listener.test.wait(.seconds(120))
        await #expect(throws: Authority.LogoutTokenRefusal.self) {
            try await listener.authority.hear(logoutToken: token, by: .authority)
        }
    }

    /// A store that fails at one of the two things that a token has it do.
    private final class Failing: Wrapper {
        enum Point { case ending, noting }

        let base: any Store
        let failsAt = Mutex<Point?>(nil)

        init(base: any Store) { self.base = base }

        func end(_ ending: Ending) async throws(AuthorityError) -> Ended {
            if failsAt.withLock({ $0 == .ending }) { throw .overloaded }
            return try await base.end(ending)
        }

        func note(_ what: Heard, until: Timestamp) async throws(AuthorityError) {
            if failsAt.withLock({ $0 == .noting }) { throw .overloaded }
            try await base.note(what, until: until)
        }
    }

    @Test(arguments: [Failing.Point.ending, .noting])
    private func `a failure between the two things that a token causes loses neither`(point: Failing.Point) async throws
    {
        let listener = try await Listener(on: { Failing(base: $0) })
        let store = try #require(listener.authority.store as? Failing)
        let opened = try await listener.open(sub: "ada")
        let token = try listener.logoutToken(["sub": #""ada""#])
        store.failsAt.withLock { $0 = point }
        await #expect(throws: Authority.LogoutTokenRefusal.failed(.authority(.overloaded))) {
            try await listener.authority.hear(logoutToken: token, by: .authority)
        }
        #expect(try await listener.test.isLive(opened) == (point == .ending))
        store.failsAt.withLock { $0 = nil }
        let receipt = try await listener.authority.hear(logoutToken: token, by: .authority)
        #expect(receipt.endedSessions == (point == .ending ? 1 : 0))
        #expect(try await !listener.test.isLive(opened))
        let later = try await listener.open(sub: "ada")
        _ = try await listener.authority.hear(logoutToken: token, by: .authority)
        #expect(try await listener.test.isLive(later), "it acts a second time")
    }

    @Test func `one jti for a logout token and an event are two things`() async throws {
        let listener = try await Listener()
        _ = try await listener.authority.hear(
            logoutToken: try listener.logoutToken(["sub": #""grace""#, "jti": #""e1""#]), by: .authority)
        let opened = try await listener.open(sub: "ada")
        let provider = try #require(try await listener.authority.store.provider(TestProvider.issuer))
        _ = try await listener.authority.hear(
            securityEvent: try listener.event(Self.account), from: provider, by: .authority)
        #expect(try await !listener.test.isLive(opened))
    }

    @Test func `who cannot be heard because the keys are out of reach is told to come again`() async throws {
        let listener = try await Listener()
        listener.http.fail("https://keys.example.org/jwks")
        let token = try listener.logoutToken(["sid": #""s""#])
        await #expect(throws: Authority.LogoutTokenRefusal.failed(.keysUnavailable)) {
            try await listener.authority.hear(logoutToken: token, by: .authority)
        }
    }

    @Test func `a session's end is settled before the provider has its answer`() async throws {
        let listener = try await Listener()
        let opened = try await listener.open(sid: "s")
        let receipt = try await listener.authority.hear(
            logoutToken: try listener.logoutToken(["sid": #""s""#]), by: .authority)
        #expect(receipt.endedSessions == 1)
        #expect(receipt.settled)
        #expect(try await listener.test.accepted(of: opened) == [])
    }

    // MARK: Hints

    @Test func `an ID token of long ago says who is meant`() async throws {
        let listener = try await Listener()
        let claims = [
            "iss": "\"\(TestProvider.issuer)\"", "sub": #""248289""#, "aud": #"["app","other"]"#, "sid": #""s""#,
            "iat": "1000000000", "exp": "1000000300", "nonce": #""n""#,
        ]
        for type in [nil, "JWT"] {
            let hint = try await listener.authority.readIDTokenHint(try listener.provider.token(claims, type: type))
            #expect(hint?.issuer == TestProvider.issuer)
            #expect(hint?.subject == "248289")
            #expect(hint?.session == "s")
            #expect(hint?.audience == ["app", "other"])
        }
        let refused: [String] = [
            try listener.provider.token(claims, type: "at+jwt"),
            try listener.provider.token(claims, type: "logout+jwt"),
            try listener.provider.token(claims.with(["events": "{}"]), type: "JWT"),
            try listener.provider.token(claims.with(["sub": nil]), type: "JWT"),
            try listener.provider.token(claims.with(["iss": #""https://unknown.example""#]), type: "JWT"),
            try TestProvider().token(claims, type: "JWT"), "text", "",
        ]
        for text in refused { #expect(try await listener.authority.readIDTokenHint(text) == nil) }
    }

    // MARK: Polling

    private static let endpoint = "https://login.example.org/poll"

    private func polled() async throws -> (Listener, EventPoller, Provider) {
        let seal = try await TestAuthority().authority.keyRing
        let sealed = try seal.seal(Array("secret".utf8), name: TestProvider.registered().sealName)
        let listener = try await Listener {
            $0.pollEndpoint = Self.endpoint
            $0.sealedPollToken = sealed
        }
        let poller = EventPoller(authority: listener.authority, http: listener.http, clock: ContinuousClock())
        return (listener, poller, try #require(try await listener.authority.store.provider(TestProvider.issuer)))
    }

    @Test func `an event is acknowledged after it was acted upon, and with the provider's own token`() async throws {
        let (listener, poller, provider) = try await polled()
        let opened = try await listener.open(sub: "ada")
        listener.http.answer(
            Self.endpoint, #"{"sets":{"e1":"\#(try listener.event(Self.account))","e2":"garbage"}}"#)
        var state = EventPollState()
        #expect(await poller.poll(provider, &state) == .zero)
        #expect(try await !listener.test.isLive(opened))
        #expect(state.poll.acknowledged == ["e1"])
        #expect(state.poll.refused["e2"]?.code == .invalidRequest)
        let request = try #require(listener.http.state.withLock { $0.requests.first { $0.url == Self.endpoint } })
        #expect(request.headers.contains { $0.name == "Authorization" && $0.value == "Bearer secret" })
    }

    @Test func `an event under another's name is refused, and one that nobody can judge is left`() async throws {
        let (listener, poller, provider) = try await polled()
        let opened = try await listener.open(sub: "ada")
        var state = EventPollState()
        listener.http.answer(Self.endpoint, #"{"sets":{"other":"\#(try listener.event(Self.account))"}}"#)
        _ = await poller.poll(provider, &state)
        #expect(state.poll.refused["other"]?.code == .invalidRequest)
        listener.http.fail("https://keys.example.org/jwks")
        listener.http.answer(Self.endpoint, #"{"sets":{"e1":"\#(try listener.event(Self.account))"}}"#)
        #expect(await poller.poll(provider, &state) > .zero)
        #expect(state.poll.acknowledged.isEmpty)
        #expect(state.poll.refused.isEmpty)
        #expect(try await listener.test.isLive(opened))
    }

    @Test func `a provider that was removed while it held a poll is not heard`() async throws {
        let (listener, poller, provider) = try await polled()
        let opened = try await listener.open(sub: "ada")
        listener.http.answer(Self.endpoint, #"{"sets":{"e1":"\#(try listener.event(Self.account))"}}"#)
        _ = try await listener.authority.store.removeProvider(
            TestProvider.issuer, at: listener.authority.environment.now(), by: .authority)
        var state = EventPollState()
        _ = await poller.poll(provider, &state)
        #expect(try await listener.test.isLive(opened))
    }

    // MARK: Registering

    @Test func `a push token opens what it was made for`() async throws {
        let listener = try await Listener()
        var registration = ProviderRegistration(issuer: "https://second.example", audience: "us")
        registration.pushes = true
        let new = try await listener.authority.addProvider(registration, reachedBy: listener.http, by: .authority)
        let token = try #require(new.pushToken)
        let found = try await listener.authority.provider(
            pushingWith: try #require(PushToken(presented: token.revealed)))
        #expect(found?.issuer == "https://second.example")
        #expect(try await listener.authority.provider(pushingWith: PushToken(bytes: [1, 2])) == nil)
        #expect("\(token)" == "exp_(redacted)")
    }
}
