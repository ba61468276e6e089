import Crypto
import Exeunt
import Foundation
import Settlement
import Testing

@Suite struct ProviderKeysTests {
    private static let metadata = TestProvider.issuer + "/.well-known/openid-configuration"
    private static let place = "https://keys.example.org/jwks"
    private static let claims = ["iss": "\"\(TestProvider.issuer)\""]

    private let http = StubHTTP()
    private let clock = TestClock()
    private let keys: ProviderKeys

    init() {
        let clock = clock
        keys = ProviderKeys(
            http: http,
            environment: Environment(
                now: { clock.now }, moment: { Moment(milliseconds: clock.now.milliseconds) },
                randomBytes: { [UInt8](repeating: 0, count: $0) }))
        http.answer(
            Self.metadata, #"{"issuer":"\#(TestProvider.issuer)","jwks_uri":"\#(Self.place)","other":[]}"#)
    }

    private func verify(_ provider: TestProvider, registered: Provider = TestProvider.registered()) async throws {
        _ = try await keys.genuine(try ForeignToken(try provider.token(Self.claims)), of: registered)
    }

    @Test func `keys are found by the provider's metadata, and asked for once`() async throws {
        let provider = TestProvider()
        http.answer(Self.place, provider.jwks)
        for _ in 0..<3 { try await verify(provider) }
        #expect(http.urls == [Self.metadata, Self.place])
    }

    @Test func `keys are fetched from the registered address without asking for metadata`() async throws {
        let provider = TestProvider()
        http.answer("https://elsewhere.example/keys", provider.jwks)
        var registered = TestProvider.registered()
        registered.jwksURI = "https://elsewhere.example/keys"
        try await verify(provider, registered: registered)
        #expect(http.urls == ["https://elsewhere.example/keys"])
    }

    @Test func `the metadata of an issuer with a path is under that path, without a second slash`() async throws {
        var registered = TestProvider.registered()
        registered.issuer = "https://login.example.org/tenant/"
        await #expect(throws: ProviderKeys.Fault.self) { try await verify(TestProvider(), registered: registered) }
        #expect(http.urls == ["https://login.example.org/tenant/.well-known/openid-configuration"])
    }

    @Test(arguments: [
        #"{"issuer":"https://login.example.org/","jwks_uri":"https://keys.example.org/jwks"}"#,
        #"{"issuer":"https://other.example","jwks_uri":"https://keys.example.org/jwks"}"#,
        #"{"jwks_uri":"https://keys.example.org/jwks"}"#, #"{"issuer":"https://login.example.org"}"#, "[]", "<html>",
        #"{"issuer":"https://login.example.org","issuer":"https://login.example.org","jwks_uri":"https://keys.example.org/jwks"}"#,
    ])
    func `metadata that is another's, or none, leads to no keys`(metadata: String) async throws {
        let provider = TestProvider()
        http.answer(Self.place, provider.jwks)
        http.answer(Self.metadata, metadata)
        await #expect(throws: ProviderKeys.Fault.self) { try await verify(provider) }
        #expect(http.urls == [Self.metadata])
    }

    @Test func `a rotated key is found at once, and strangers cannot make us ask more than once a minute`() async throws
    {
        let old = TestProvider(kid: "old")
        http.answer(Self.place, old.jwks)
        try await verify(old)
        clock.move(by: .seconds(61))
        let new = TestProvider(kid: "new")
        http.answer(Self.place, #"{"keys":[\#(old.jwk()),\#(new.jwk())]}"#)
        try await verify(new)
        let asked = http.urls.count
        for number in 0..<50 {
            await #expect(throws: ProviderKeys.Fault.notGenuine) { try await verify(TestProvider(kid: "\(number)")) }
            clock.move(by: .seconds(1))
        }
        #expect(http.urls.count == asked)
        clock.move(by: .seconds(11))
        await #expect(throws: ProviderKeys.Fault.notGenuine) { try await verify(TestProvider(kid: "forged")) }
        #expect(http.urls.count == asked + 2)
        try await verify(old)
    }

    @Test func `a key that is gone from the set is trusted no longer than the set is good`() async throws {
        let old = TestProvider(kid: "old")
        http.answer(Self.place, old.jwks, headers: ["cache-control": "public, max-age=600"])
        try await verify(old)
        http.answer(Self.place, TestProvider(kid: "new").jwks)
        clock.move(by: .seconds(599))
        try await verify(old)
        clock.move(by: .seconds(2))
        await #expect(throws: ProviderKeys.Fault.notGenuine) { try await verify(old) }
    }

    @Test(arguments: [
        ("max-age=1", 299, 301), ("no-store", 299, 301), ("max-age=999999", 86_399, 86_401), ("max-age=x", 3599, 3601),
        ("private", 3599, 3601), ("Max-Age = \"900\"", 899, 901),
    ])
    func `how long keys are good is the provider's to say, within bounds`(header: String, good: Int, over: Int)
        async throws
    {
        let provider = TestProvider()
        http.answer(Self.place, provider.jwks, headers: ["cache-control": header])
        try await verify(provider)
        let asked = http.urls.count
        clock.move(by: .seconds(good))
        try await verify(provider)
        #expect(http.urls.count == asked)
        clock.move(by: .seconds(over - good))
        try await verify(provider)
        #expect(http.urls.count == asked + 2)
    }

    @Test func `while a provider is down its keys go on for a day, and a forgery gets no further`() async throws {
        let provider = TestProvider()
        http.answer(Self.place, provider.jwks)
        try await verify(provider)
        http.fail(Self.metadata)
        clock.move(by: .seconds(3600 + 86_399))
        try await verify(provider)
        await #expect(throws: ProviderKeys.Fault.keysUnavailable("\(Self.metadata): it is down")) {
            try await verify(TestProvider(kid: "forged"))
        }
        clock.move(by: .seconds(2))
        await #expect(throws: ProviderKeys.Fault.keysUnavailable("\(Self.metadata): it is down")) {
            try await verify(provider)
        }
        http.answer(
            Self.metadata, #"{"issuer":"\#(TestProvider.issuer)","jwks_uri":"\#(Self.place)"}"#)
        clock.move(by: .seconds(61))
        try await verify(provider)
    }

    @Test(arguments: ["{", #"{"keys":[]}"#, "<html>error</html>"])
    func `garbage in the place of keys is as if the provider was down`(garbage: String) async throws {
        let provider = TestProvider()
        http.answer(Self.place, provider.jwks)
        try await verify(provider)
        http.answer(Self.place, garbage)
        clock.move(by: .seconds(3601))
        try await verify(provider)
        http.answer(Self.place, status: 500, provider.jwks)
        clock.move(by: .seconds(3601))
        try await verify(provider)
    }

    @Test func `a provider without keys yet is asked again soon, and not by each token`() async throws {
        let provider = TestProvider()
        http.fail(Self.metadata)
        for _ in 0..<5 {
            await #expect(throws: ProviderKeys.Fault.self) { try await verify(provider) }
            clock.move(by: .seconds(1))
        }
        #expect(http.urls == [Self.metadata])
        http.answer(Self.metadata, #"{"issuer":"\#(TestProvider.issuer)","jwks_uri":"\#(Self.place)"}"#)
        http.answer(Self.place, provider.jwks)
        try await verify(provider)
    }

    @Test func `many tokens at once ask for the keys once`() async throws {
        let provider = TestProvider()
        http.answer(Self.place, provider.jwks)
        http.hold()
        try await withThrowingTaskGroup { group in
            for _ in 0..<20 { group.addTask { try await verify(provider) } }
            while http.urls.isEmpty { await Task.yield() }
            http.release()
            try await group.waitForAll()
        }
        #expect(http.urls == [Self.metadata, Self.place])
    }

    @Test func `one who gives up waiting leaves the others their keys`() async throws {
        let provider = TestProvider()
        http.answer(Self.place, provider.jwks)
        http.hold()
        let first = Task { try await verify(provider) }
        while http.urls.isEmpty { await Task.yield() }
        let second = Task { try await verify(provider) }
        first.cancel()
        http.release()
        try await second.value
    }
}
