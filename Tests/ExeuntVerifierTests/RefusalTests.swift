import Crypto
import Foundation
import Settlement
import Testing

@testable import ExeuntVerifier

/// Each check of RFC 9068 §4 and RFC 8725 §3, with a token that fails it and nothing else.
@Suite struct RefusalTests {
    private static let spoiltPayloads: [(String, String?, VerificationError)] = [
        ("iss", #""https://accounts.example.com/""#, .wrongIssuer),
        ("iss", #""https://evil.example.com""#, .wrongIssuer), ("iss", nil, .malformed),
        ("aud", #"["https://accounts.example.com/"]"#, .wrongAudience), ("aud", "[]", .wrongAudience),
        ("aud", #"["https://accounts.example.co"]"#, .wrongAudience), ("aud", nil, .malformed),
        ("aud", "7", .malformed), ("sub", #""""#, .malformed), ("sub", "7", .malformed), ("sub", nil, .malformed),
        ("jti", #""AAAAAAAAAAAAAAAAAAAAA""#, .malformed), ("jti", #""AAAAAAAAAAAAAAAAAAAAAB""#, .malformed),
        ("sid", #""../../../etc/passwd.""#, .malformed), ("sid", nil, .malformed), ("ver", "-1", .malformed),
        ("ver", nil, .malformed), ("gen", "1.5", .malformed), ("gen", #""0""#, .malformed),
        ("client_id", nil, .malformed), ("auth_time", nil, .malformed), ("exp", nil, .malformed),
        ("exp", "9223372036854775807", .malformed), ("exp", "-1", .malformed), ("exp", "null", .malformed),
        ("iat", "9223372036854775807", .malformed), ("nbf", #""soon""#, .malformed),
    ]

    private let test: TestVerifier

    init() throws { test = try TestVerifier() }

    private func refusal(_ text: String) -> VerificationError? {
        do throws(VerificationError) {
            _ = try test.verifier.verify(text)
            return nil
        } catch {
            return error
        }
    }

    private func refusal(_ token: TestToken) throws -> VerificationError? { refusal(try token.text(test.one)) }

    @Test func `a good token says who it is`() throws {
        let identity = try test.verify()
        #expect(identity.subject == "ada")
        #expect(identity.sessionID == TestToken.sid.description)
        #expect(identity.tokenID == TestToken.jti.description)
        #expect(identity.clientID == "notes")
        #expect(identity.authenticatedAt == Date(timeIntervalSince1970: Double(TestTime.start / 1000)))
        #expect(identity.expiresAt == Date(timeIntervalSince1970: Double(TestTime.start / 1000 + 900)))
    }

    @Test func `a good token of either algorithm is accepted, again and again`() throws {
        let texts = [
            try TestToken().text(test.one), try TestToken(kid: "two", alg: "EdDSA").text(test.two),
            try TestToken().header("typ", #""application/AT+JWT""#).text(test.one),
            try TestToken().payload("aud", #""\#(TestToken.issuer)""#).text(test.one),
            try TestToken().payload("cnf", #"{"jkt":{"a":[1,{"a":2}]}}"#).text(test.one),
        ]
        for text in texts + texts { #expect(refusal(text) == nil) }
        #expect(test.verifier.status.cacheHits == UInt64(texts.count))
    }

    @Test func `no signature at all`() throws {
        let none = TestToken(alg: "none")
        #expect(refusal(none.text(signature: [])) == .badSignature)
        #expect(refusal(none.signed) == .malformed)
        #expect(try refusal(none) == .badSignature, "a good signature does not help it")
    }

    @Test func `HS256 with the public key as the secret`() throws {
        let token = TestToken(alg: "HS256")
        for secret in [test.one.publicKey.rawRepresentation, Data(test.one.publicKey.pemRepresentation.utf8)] {
            let mac = HMAC<SHA256>.authenticationCode(for: Data(token.signed.utf8), using: SymmetricKey(data: secret))
            #expect(refusal(token.text(signature: Array(mac))) == .badSignature)
            #expect(refusal(token.header("alg", #""ES256""#).text(signature: Array(mac))) == .badSignature)
        }
    }

    @Test func `another algorithm than the key's`() throws {
        #expect(refusal(try TestToken(kid: "one", alg: "EdDSA").text(test.two)) == .badSignature)
        #expect(refusal(try TestToken(kid: "two", alg: "ES256").text(test.one)) == .badSignature)
        #expect(refusal(try TestToken(kid: "two", alg: "ES256").text(test.two)) == .badSignature)
    }

    @Test func `another key of the same id`() throws {
        #expect(refusal(try TestToken().text(P256.Signing.PrivateKey())) == .badSignature)
        #expect(refusal(try TestToken(kid: "two", alg: "EdDSA").text(Curve25519.Signing.PrivateKey())) == .badSignature)
    }

    @Test func `a key that there is not`() throws {
        #expect(try refusal(TestToken(kid: "three")) == .unknownKey)
        #expect(try refusal(TestToken().header("kid", nil)) == .unknownKey)
        #expect(try refusal(TestToken(kid: "")) == .unknownKey)
    }

    @Test(arguments: [#""JWT""#, #""at+jwt2""#, #""""#, "null", nil])
    func `a token that is no access token`(typ: String?) throws {
        #expect(try refusal(TestToken().header("typ", typ)) == .wrongType)
    }

    @Test(arguments: [#"["b64"]"#, #"["exp"]"#, "[]", "null"])
    func `a header that has to be understood`(crit: String) throws {
        #expect(try refusal(TestToken().header("crit", crit)) == .malformed)
    }

    @Test(arguments: spoiltPayloads)
    func `a payload that is not as it should be`(name: String, json: String?, expected: VerificationError) throws {
        #expect(try refusal(TestToken().payload(name, json)) == expected)
    }

    @Test func `a token is good until it expires, and the skew after that`() throws {
        let text = try TestToken().text(test.one)
        func after(_ milliseconds: Int64) -> VerificationError? {
            test.time.pass(milliseconds)
            test.hear()
            return refusal(text)
        }
        #expect(after(900_000) == nil)
        #expect(after(4_999) == nil)
        #expect(after(1) == .expired, "known already")
        #expect(refusal(try TestToken().text(test.one)) == .expired, "seen for the first time")
    }

    @Test func `a token from the future, beyond the skew`() throws {
        let now = TestTime.start / 1000
        #expect(try refusal(TestToken(now: now + 5)) == nil)
        #expect(try refusal(TestToken(now: now + 6)) == .notYetValid)
        #expect(try refusal(TestToken().payload("nbf", "\(now + 5)")) == nil)
        #expect(try refusal(TestToken().payload("nbf", "\(now + 6)")) == .notYetValid)
        #expect(try refusal(TestToken().payload("exp", "\(now)")) == .malformed, "it never lived")
    }

    @Test func `a name that stands twice`() throws {
        for (name, json) in [("iss", #""x""#), ("sub", #""grace""#), ("exp", "9999999999"), ("zzz", "1")] {
            var token = TestToken()
            token.payload += [(name, json)] + (name == "zzz" ? [(name, json)] : [])
            #expect(try refusal(token) == .malformed, "\(name)")
        }
        var header = TestToken()
        header.header.append(("kid", #""one""#))
        #expect(try refusal(header) == .malformed)
        var escaped = TestToken()
        escaped.payload.append((#"\u0073ub"#, #""grace""#))
        #expect(try refusal(escaped) == .malformed)
    }

    @Test(arguments: [
        "", ".", "..", "a.b.c", String(repeating: "A", count: 200), String(repeating: ".", count: 200),
        String(repeating: "é", count: 100), String(repeating: "A.", count: 3000),
    ])
    func `a text that is no token`(text: String) { #expect(refusal(text) == .malformed) }

    @Test func `a good token that has been touched`() throws {
        let text = try TestToken().text(test.one)
        #expect(refusal(text) == nil)
        let parts = text.split(separator: ".").map(String.init)
        let spoilt = [
            text + ".", text + ".AAAA", "." + text, text + "=", text + "A", text + " ", " " + text,
            String(text.dropLast()),
            parts[0] + "." + parts[1] + ".", parts[0] + ".." + parts[2], parts[1] + "." + parts[0] + "." + parts[2],
            text + text,
        ]
        for text in spoilt { #expect(refusal(text) != nil) }
        var bytes = Array(text.utf8)
        for index in bytes.indices {
            bytes[index] ^= 1
            #expect(refusal(String(decoding: bytes, as: UTF8.self)) != nil, "byte \(index)")
            bytes[index] ^= 1
        }
        #expect(refusal(text) == nil)
    }

    @Test func `a text that is not kept in one piece of memory is read all the same`() throws {
        let text = try TestToken().text(test.one)
        #expect(refusal(String(text.reversed().reversed())) == nil)
        #expect(refusal(NSMutableString(string: text) as String) == nil)
    }

    @Test func `what was found is counted by its name`() throws {
        _ = try? test.verify()
        _ = try? test.verify(TestToken(kid: "three"))
        _ = try? test.verify(TestToken().header("typ", nil))
        #expect(
            test.verifier.status.checks.filter { $0.value > 0 } == ["accepted": 1, "unknown_key": 1, "wrong_type": 1])
    }
}
