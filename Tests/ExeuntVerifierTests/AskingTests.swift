import Crypto
import Settlement
import Testing

@testable import ExeuntVerifier

@Suite(.timeLimit(.minutes(5))) struct AskingTests {
    private static let stale = VerificationError.stale(retryAfter: .seconds(1))
    private let test = FollowingTest()

    /// What the authority says of a token that is good.
    private static func active(_ changes: (String, String)...) -> String {
        var members = [
            "active": "true", "token_use": #""access_token""#, "sub": #""ada""#, "sid": #""\#(TestToken.sid)""#,
            "jti": #""\#(TestToken.jti)""#, "iss": #""\#(TestToken.issuer)""#,
        ]
        for (name, value) in changes { members[name] = value }
        return "{" + members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    private func questions() -> Int { test.standIn.events.count { $0 == .introspection } }

    /// Lets the lease run out for good.
    private func lapse() {
        test.standIn.change { $0.holdsPolls = true }
        test.time.pass(3000)
    }

    @Test func `without a lease the authority is asked, where that is wanted`() async throws {
        let text = try TestToken().text(test.one)
        try await test.follow(mode: .feed(onLapse: .introspect)) { verifier in
            try await verifier.untilLive()
            #expect(try await verifier.verifyOrAsk(text).subject == "ada")
            #expect(questions() == 0, "there is a lease")
            lapse()
            test.standIn.change { $0.introspection = Self.active() }
            #expect(throws: Self.stale) { try verifier.verify(text) }
            for _ in 0..<3 { #expect(try await verifier.verifyOrAsk(text).subject == "ada") }
            #expect(questions() == 3, "its word is not kept")
            test.standIn.change { $0.introspection = #"{"active":false}"# }
            await #expect(throws: VerificationError.ended) { try await verifier.verifyOrAsk(text) }
        }
    }

    @Test func `without a lease nobody is asked, where that is not wanted`() async throws {
        let text = try TestToken().text(test.one)
        try await test.follow { verifier in
            try await verifier.untilLive()
            lapse()
            await #expect(throws: Self.stale) { try await verifier.verifyOrAsk(text) }
            #expect(questions() == 0)
        }
    }

    @Test(arguments: [VerifierConfiguration.Mode.introspection(), .feed(onLapse: .introspect)])
    func `what no key of the authority has signed costs it no question`(mode: VerifierConfiguration.Mode) async throws {
        let junk = try TestToken(kid: "nobody", alg: "EdDSA").text(test.two)
        let forged = try TestToken(kid: "one", alg: "EdDSA").text(test.two)
        try await test.follow(mode: mode) { verifier in
            try await verifier.untilLive()
            for _ in 0..<5 {
                await #expect(throws: VerificationError.self) { try await verifier.verifyOrAsk(junk) }
                await #expect(throws: VerificationError.badSignature) { try await verifier.verifyOrAsk(forged) }
            }
            #expect(questions() == 0)
            #expect(test.standIn.events.count { $0 == .keys } <= 2, "the keys are not fetched for each of them")
        }
    }

    @Test func `an authority that does not answer vouches for nobody`() async throws {
        let text = try TestToken().text(test.one)
        try await test.follow(mode: .introspection(cachedFor: .seconds(10))) { verifier in
            for answer in ["", "{}", "[]", #"{"active":"true"}"#] {
                test.standIn.change { $0.introspection = answer }
                await #expect(throws: Self.stale) { try await verifier.verifyOrAsk(text) }
            }
            #expect(verifier.status.lastError != nil)
        }
    }

    @Test(arguments: [
        (("token_use", #""refresh_token""#), VerificationError.wrongType), (("sub", #""grace""#), .malformed),
        (("sid", #""\#(TestToken.jti)""#), .malformed), (("jti", "null"), .malformed),
        (("iss", #""https://evil.example.com""#), .malformed),
    ])
    func `a word on something else does not count`(
        change: (String, String), expected: VerificationError
    ) async throws {
        let text = try TestToken().text(test.one)
        try await test.follow(mode: .introspection()) { verifier in
            test.standIn.change { $0.introspection = Self.active(change) }
            await #expect(throws: expected) { try await verifier.verifyOrAsk(text) }
        }
    }

    @Test func `what the authority calls active must still be meant for us, and be of the right form`() async throws {
        try await test.follow(mode: .introspection()) { verifier in
            test.standIn.change { $0.introspection = Self.active() }
            let tokens: [(TestToken, VerificationError)] = [
                (TestToken().payload("aud", #"["https://else.example.com"]"#), .wrongAudience),
                (TestToken().payload("iss", #""https://evil.example.com""#), .wrongIssuer),
                (TestToken().header("typ", #""JWT""#), .wrongType),
                (TestToken(now: TestTime.start / 1000 - 905), .expired),
            ]
            for (token, expected) in tokens {
                let text = try token.text(test.one)
                await #expect(throws: expected) { try await verifier.verifyOrAsk(text) }
            }
            await #expect(throws: VerificationError.malformed) { try await verifier.verifyOrAsk("exs_abc") }
        }
    }

    @Test func `a word is kept for as long as is stated, counted from before it was asked for`() async throws {
        let text = try TestToken().text(test.one)
        try await test.follow(mode: .introspection(cachedFor: .seconds(10))) { verifier in
            test.standIn.change { $0.introspection = Self.active() }
            for _ in 0..<5 { _ = try await verifier.verifyOrAsk(text) }
            #expect(questions() == 1)
            #expect(throws: Never.self) { try verifier.verify(text) }
            test.standIn.change { $0.introspection = #"{"active":false}"# }
            test.time.pass(9999)
            _ = try await verifier.verifyOrAsk(text)
            test.time.pass(1)
            #expect(throws: Self.stale) { try verifier.verify(text) }
            await #expect(throws: VerificationError.ended) { try await verifier.verifyOrAsk(text) }
            #expect(questions() == 2)
        }
    }

    @Test func `by default no word is kept`() async throws {
        let text = try TestToken().text(test.one)
        try await test.follow(mode: .introspection()) { verifier in
            test.standIn.change { $0.introspection = Self.active() }
            for _ in 0..<3 { _ = try await verifier.verifyOrAsk(text) }
            #expect(questions() == 3)
            #expect(throws: Self.stale) { try verifier.verify(text) }
        }
    }

    @Test func `a token of a key that is newer than the last poll is not refused`() async throws {
        let text = try TestToken(kid: "two", alg: "EdDSA").text(test.two)
        try await test.follow { verifier in
            try await verifier.untilLive()
            // The poll that is under way brings no news of the key.
            test.standIn.change { $0.holdsPolls = true }
            test.setKeys(
                version: "two", TestKeys.jwk(test.one.publicKey, kid: "one"),
                TestKeys.jwk(test.two.publicKey, kid: "two"))
            #expect(throws: VerificationError.unknownKey) { try verifier.verify(text) }
            #expect(try await verifier.verifyOrAsk(text).subject == "ada")
        }
    }

    @Test func `who makes up keys does not make the verifier ask for them all the time`() async throws {
        try await test.follow { verifier in
            try await verifier.untilLive()
            test.standIn.change { $0.holdsPolls = true }
            let before = test.standIn.events.count { $0 == .keys }
            var found: [VerificationError] = []
            for number in 0..<20 {
                let text = try TestToken(kid: "made-up-\(number)").text(test.one)
                do throws(VerificationError) {
                    _ = try await verifier.verifyOrAsk(text)
                } catch {
                    found.append(error)
                }
            }
            #expect(test.standIn.events.count { $0 == .keys } == before + 1)
            #expect(found == [.unknownKey] + Array(repeating: Self.stale, count: 19))
        }
    }
}
