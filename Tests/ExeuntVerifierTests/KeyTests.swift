import Crypto
import Settlement
import Synchronization
import Testing

@testable import ExeuntVerifier

@Suite struct KeyTests {
    private static let point = P256.Signing.PrivateKey().publicKey
    private static let good = TestKeys.jwk(point, kid: "one")

    @Test func `a token of a key that has gone is refused, though it was accepted before`() throws {
        let test = try TestVerifier()
        let (first, second) = (try TestToken().text(test.one), try TestToken(kid: "two", alg: "EdDSA").text(test.two))
        for text in [first, second] { #expect(throws: Never.self) { try test.verifier.verify(text) } }
        try test.setKeys(TestKeys.jwks(TestKeys.jwk(test.two.publicKey, kid: "two")))
        #expect(throws: VerificationError.unknownKey) { try test.verifier.verify(first) }
        #expect(throws: Never.self) { try test.verifier.verify(second) }
    }

    @Test func `another key under an old id takes its tokens away`() throws {
        let test = try TestVerifier()
        let text = try TestToken().text(test.one)
        #expect(throws: Never.self) { try test.verifier.verify(text) }
        try test.setKeys(TestKeys.jwks(TestKeys.jwk(P256.Signing.PrivateKey().publicKey, kid: "one")))
        #expect(throws: VerificationError.badSignature) { try test.verifier.verify(text) }
    }

    @Test func `keys that were fetched earlier and came later are not taken over`() throws {
        let test = try TestVerifier()
        let early = test.verifier.state.withLock { $0.beginFetch() }
        let old = try PublicKeys(jwks: Array(TestKeys.jwks(TestKeys.jwk(test.one.publicKey, kid: "one")).utf8))
        try test.setKeys(TestKeys.jwks(TestKeys.jwk(test.two.publicKey, kid: "two")))
        test.verifier.state.withLock { $0.replaceKeys(with: old, fetch: early, version: nil) }
        #expect(throws: VerificationError.unknownKey) { try test.verify() }
    }

    @Test func `a signature that was checked with a key that went meanwhile does not count`() throws {
        let test = try TestVerifier()
        let text = Array(try TestToken().text(test.one).utf8)
        let rules = TokenRules(issuer: TestToken.issuer, audience: TestToken.issuer, skew: 0)
        let (keys, generation) = try #require(
            text.withUnsafeBytes { text -> (PublicKeys, UInt64)? in
                let finding = test.verifier.state.withLock { $0.check(text, hash: 1, at: test.time.now) }
                guard case .unseen(let keys, let generation) = finding else { return nil }
                return (keys, generation)
            })
        let token = try rules.read(text, keys: keys)
        try test.setKeys(TestKeys.jwks(TestKeys.jwk(test.two.publicKey, kid: "two")))
        let finding = text.withUnsafeBytes { text in
            test.verifier.state.withLock {
                $0.admit(token, text: text, hash: 1, checkedWith: generation, at: test.time.now)
            }
        }
        guard case .unseen = finding else {
            Issue.record("it was \(finding)")
            return
        }
    }

    @Test func `keys for other things are passed over`() throws {
        let rsa = #"{"kty":"RSA","kid":"r","n":"AQAB","e":"AQAB"}"#
        let encryption = Self.good.replacing(#""sig""#, with: #""enc""#).replacing("one", with: "enc")
        let keys = try PublicKeys(jwks: Array(TestKeys.jwks(rsa, encryption, Self.good).utf8))
        #expect(keys["one"] != nil)
        #expect(keys["r"] == nil && keys["enc"] == nil)
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"keys":[]}"#, #"{"keys":{}}"#, TestKeys.jwks(good, good),
        TestKeys.jwks(good.replacing(#""x":""#, with: #""x":"A"#)),
        TestKeys.jwks(good.replacing(#""y":""#, with: #""z":""#)),
        TestKeys.jwks(good.replacing(#""ES256""#, with: #""HS256""#)),
        TestKeys.jwks(good.replacing(#""kid":"one","#, with: "")),
        TestKeys.jwks(good.replacing(#""one""#, with: #""""#)),
        TestKeys.jwks(good.replacing(#""use""#, with: #""d":"AAAA","use""#)),
        TestKeys.jwks(
            #"{"kty":"EC","crv":"P-256","x":"\#(String(repeating: "A", count: 43))","y":"\#(String(repeating: "A", count: 43))","kid":"a"}"#
        ),
        #"{"keys":[],"keys":[\#(good)]}"#,
    ])
    func `a key set that is not well-formed is not taken over`(text: String) {
        #expect(throws: PublicKeys.Fault.self) { try PublicKeys(jwks: Array(text.utf8)) }
    }
}
