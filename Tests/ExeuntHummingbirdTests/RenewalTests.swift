import ExeuntHummingbird
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Settlement
import Testing

@testable import ExeuntVerifier

/// When a browser's refresh token is exchanged, and when not.
@Suite(.timeLimit(.minutes(5))) struct RenewalTests {
    enum Mended: CaseIterable { case missing, expired, ended, unknownKey, malformed, badSignature }

    enum Wrong: String, CaseIterable {
        case type = "the token is not an access token"
        case issuer = "the access token has another issuer"
        case audience = "the access token is meant for another audience"
        case future = "the access token is from the future"
    }

    private let test = TestApplication()

    private func token(_ wrong: Wrong) throws -> String {
        switch wrong {
        case .type: try test.accessToken(type: "JWT")
        case .issuer: try test.accessToken(["iss": #""https://other.example.com""#])
        case .audience: try test.accessToken(["aud": #""https://other.example.com""#])
        case .future: try test.accessToken(at: test.now + 600)
        }
    }

    @Test func `a good access token costs no question`() async throws {
        let access = try test.accessToken()
        try await test.run { client, _ in
            let answer = try await client.get(access: access, refresh: TestApplication.refreshToken)
            #expect(answer.text == "ada")
            #expect(answer.setCookies.isEmpty)
        }
        #expect(test.standIn.exchanges.isEmpty)
    }

    @Test(arguments: Mended.allCases)
    func `an access token that another one can take the place of is renewed`(mended: Mended) async throws {
        let access: String? =
            switch mended {
            case .missing: nil
            case .expired: try test.accessToken(at: test.now - 2000)
            case .ended: try test.accessToken(["sid": #""\#(Identifier(high: 9, low: 2))""#])
            case .unknownKey: try test.accessToken(kid: "two")
            case .malformed: "nonsense"
            case .badSignature: String(try test.accessToken().dropLast(8)) + "AAAAAAAA"
            }
        try await test.run { client, verifier in
            test.hear(verifier, .session(Identifier(high: 9, low: 2)))
            let answer = try await client.get(access: access, refresh: TestApplication.refreshToken)
            #expect(answer.status == .ok)
            #expect(answer.text == "ada")
            #expect(answer.setCookies.count == 2)
            #expect(answer.setCookies.last?.contains(TestApplication.nextRefreshToken) == true)
        }
        #expect(test.standIn.exchanges == [TestApplication.refreshToken])
        #expect(test.log.lines.isEmpty)
    }

    @Test(arguments: Wrong.allCases)
    func `a misconfiguration or a slow clock does not exchange the refresh token with every request`(
        wrong: Wrong
    ) async throws {
        let access = try token(wrong)
        try await test.run { client, _ in
            for _ in 0..<3 {
                let answer = try await client.get(access: access, refresh: TestApplication.refreshToken)
                #expect(answer.status == .unauthorized)
                #expect(answer.setCookies.isEmpty, "the cookies are good, and of use once it is mended")
            }
        }
        #expect(test.standIn.exchanges.isEmpty)
        #expect(test.log.lines.count == 3)
        for line in test.log.lines {
            #expect(line.hasPrefix("warning"))
            #expect(line.contains(wrong.rawValue))
            #expect(!line.contains(access) && !line.contains(TestApplication.refreshToken))
        }
    }

    @Test(arguments: Wrong.allCases)
    func `a new access token that is refused is exchanged once and said to be wrong`(wrong: Wrong) async throws {
        let (good, spoilt) = (try test.accessToken(at: test.now - 2000), try token(wrong))
        let body = try test.pair(spoilt)
        try await test.run { client, _ in
            test.standIn.change { $0.body = body }
            let first = try await client.get(access: good, refresh: TestApplication.refreshToken)
            #expect(first.status == .unauthorized)
            #expect(first.setCookies.count == 2, "the old refresh token is used")
            for _ in 0..<3 {
                let next = try await client.get(access: spoilt, refresh: TestApplication.nextRefreshToken)
                #expect(next.status == .unauthorized)
            }
        }
        #expect(test.standIn.exchanges.count == 1)
        #expect(test.log.lines.allSatisfy { $0.contains(wrong.rawValue) && !$0.contains(spoilt) })
        #expect(test.log.lines.count == 4)
    }

    @Test(arguments: [
        "nonsense", "exr_", "exr_abc", "exr_" + String(repeating: "a", count: 600),
        "exr_" + String(repeating: "a", count: 70) + "!", "exm_" + String(repeating: "A", count: 71),
        String(repeating: "A", count: 75), "exr_" + String(repeating: "A", count: 70) + "=",
    ])
    func `junk in the cookie costs the authority nothing and is deleted`(junk: String) async throws {
        try await test.run { client, verifier in
            let answer = try await client.get(refresh: junk)
            #expect(answer.status == .unauthorized)
            #expect(answer.deletesCookies)
            await #expect(throws: AuthorityFailure.credentialOver) { try await verifier.authority.refresh(junk) }
        }
        #expect(test.standIn.exchanges.isEmpty)
    }

    @Test func `the cookies go when the session is over, and stay when nobody can say`() async throws {
        try await test.run { client, _ in
            test.standIn.change { ($0.status, $0.body) = (.badRequest, #"{"error":"invalid_grant"}"#) }
            let over = try await client.get(refresh: TestApplication.refreshToken)
            #expect(over.status == .unauthorized)
            #expect(over.deletesCookies)
            test.standIn.change { ($0.status, $0.body) = (.serviceUnavailable, "") }
            let away = try await client.get(refresh: TestApplication.refreshToken)
            #expect(away.status == .serviceUnavailable)
            #expect(away.headers[.retryAfter] == "1")
            #expect(away.setCookies.isEmpty)
        }
    }

    @Test func `a stranger gets through where that is allowed`() async throws {
        try await test.run(allowsStrangers: true) { client, _ in
            let stranger = try await client.get()
            #expect(stranger.text == "nobody")
            let junk = try await client.get(access: "nonsense", refresh: "nonsense")
            #expect(junk.text == "nobody")
            #expect(junk.deletesCookies)
        }
    }

    @Test func `one process exchanges a refresh token once, however many middlewares there are`() async throws {
        let add: @Sendable (Router<TestContext>, TokenVerifier) -> Void = { router, verifier in
            router.group("other").add(
                middleware: ExeuntMiddleware(verifier: verifier, cookies: BrowserCookies(isSecure: false))
            ).get("who") { _, context in try context.requireIdentity().subject }
        }
        try await test.run(adding: add) { client, verifier in
            test.standIn.change { $0.holds = true }
            try await withThrowingTaskGroup(of: [String].self) { group in
                for path in ["/who", "/other/who"] {
                    group.addTask { try await client.get(path, refresh: TestApplication.refreshToken).setCookies }
                }
                group.addTask {
                    let tokens = try await verifier.authority.refresh(TestApplication.refreshToken)
                    return [tokens.accessToken, tokens.refreshToken]
                }
                while verifier.authority.refreshes.waiting < 3 { try await Task.sleep(for: .milliseconds(2)) }
                test.standIn.change { $0.holds = false }
                for try await answer in group { #expect(answer.count == 2) }
            }
        }
        #expect(test.standIn.exchanges == [TestApplication.refreshToken])
    }

    @Test func `who is cancelled while a refresh token is exchanged loses it for nobody else`() async throws {
        try await test.run { client, verifier in
            test.standIn.change { $0.holds = true }
            let authority = verifier.authority
            let first = Task { try await authority.refresh(TestApplication.refreshToken) }
            try await test.standIn.until { $0.exchanges.count == 1 }
            let second = Task { try await client.get(refresh: TestApplication.refreshToken) }
            while authority.refreshes.waiting < 2 { try await Task.sleep(for: .milliseconds(2)) }
            first.cancel()
            await #expect(throws: AuthorityFailure.self) { try await first.value }
            test.standIn.change { $0.holds = false }
            let answer = try await second.value
            #expect(answer.setCookies.last?.contains(TestApplication.nextRefreshToken) == true)
        }
        #expect(test.standIn.exchanges == [TestApplication.refreshToken])
    }
}
