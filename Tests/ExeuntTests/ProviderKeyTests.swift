import Crypto
import CryptoExtras
import Exeunt
import Foundation
import Settlement
import Testing

@Suite struct ProviderKeyTests {
    private static let claims = ["iss": "\"\(TestProvider.issuer)\""]

    private func accepts(_ token: String, _ jwks: String) throws -> Bool {
        guard let token = try? ForeignToken(token), let keys = try? ProviderKeySet(jwks: Array(jwks.utf8)) else {
            return false
        }
        return GenuineToken(token, of: TestProvider.registered(), signedBy: keys) != nil
    }

    private static func keys() throws -> [TestProvider.Key] {
        [
            .p256(P256.Signing.PrivateKey()), .p384(P384.Signing.PrivateKey()), .p521(P521.Signing.PrivateKey()),
            .ed25519(Curve25519.Signing.PrivateKey()), .rsa(try #require(TestProvider.rsa)),
        ]
    }

    @Test func `each kind of key verifies its own algorithm, and no key another's signature`() throws {
        let providers = try Self.keys().map { TestProvider(key: $0) }
        for (signer, provider) in providers.enumerated() {
            let token = try provider.token(Self.claims)
            for (other, each) in providers.enumerated() {
                #expect(try accepts(token, each.jwks) == (signer == other))
            }
        }
    }

    @Test(arguments: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])
    func `an RSA key verifies the algorithm that it names, and no other`(algorithm: String) throws {
        let provider = TestProvider(key: .rsa(try #require(TestProvider.rsa)))
        let token = try provider.token(Self.claims, algorithm: algorithm)
        for named in ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] {
            let jwks = #"{"keys":[\#(provider.jwk(["alg": "\"\(named)\""]))]}"#
            #expect(try accepts(token, jwks) == (named == algorithm))
        }
        #expect(try accepts(token, provider.jwks) == (algorithm == "RS256"), "a key that names none is for RS256")
    }

    @Test(arguments: ["none", "None", "HS256", "HS384", "RS256", "ES384", "EdDSA", ""])
    func `a token cannot choose the algorithm`(algorithm: String) throws {
        let provider = TestProvider()
        #expect(try !accepts(try provider.token(Self.claims, algorithm: algorithm), provider.jwks))
        let renamed = try provider.token(Self.claims, header: ["alg": "\"\(algorithm)\""])
        #expect(try !accepts(renamed, provider.jwks))
    }

    @Test func `a key that a token brings or points to proves nothing`() throws {
        let (provider, stranger) = (TestProvider(), TestProvider())
        for (name, value) in [
            ("jwk", stranger.jwk()), ("jku", #""https://evil.example/jwks""#), ("x5u", #""https://evil.example/x""#),
            ("x5c", #"["MIIB"]"#),
        ] {
            #expect(try !accepts(try stranger.token(Self.claims, header: [name: value]), provider.jwks))
        }
    }

    @Test(arguments: [#"["exp"]"#, "[]", #"["b64"]"#, "null"])
    func `a header that has to be understood is refused`(crit: String) throws {
        let provider = TestProvider()
        #expect(try !accepts(try provider.token(Self.claims, header: ["crit": crit]), provider.jwks))
    }

    @Test(
        arguments: [
            ["use": #""enc""#], ["use": "null"], ["key_ops": #"["sign"]"#], ["alg": #""RS256""#], ["alg": #""ES384""#],
            ["alg": "1"],
            ["kty": #""RSA""#], ["kty": #""oct""#], ["crv": #""P-384""#], ["crv": #""secp256k1""#], ["x": #""AA""#],
            ["d": #""AA""#],
            ["kid": "1"], ["y": nil], ["kty": nil],
        ] as [Changes])
    func `a key that is for something else, or not sound, is left out`(changes: Changes) throws {
        let provider = TestProvider()
        let jwks = #"{"keys":[\#(provider.jwk(changes))]}"#
        #expect(try !accepts(try provider.token(Self.claims), jwks))
    }

    @Test func `a short RSA key is left out`() throws {
        let short = try _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: 1024))
        let provider = TestProvider(key: .rsa(short))
        #expect(try !accepts(try provider.token(Self.claims), provider.jwks))
    }

    @Test func `keys of other kinds beside ours do no harm`() throws {
        let provider = TestProvider()
        let odd = #"{"kty":"oct","k":"AA","kid":"k1"},{"kty":"PQ"},7,{}"#
        #expect(try accepts(try provider.token(Self.claims), #"{"keys":[\#(odd),\#(provider.jwk())],"more":1}"#))
    }

    @Test func `a token without a key's id is accepted only where one key can be meant`() throws {
        let (first, second) = (TestProvider(kid: "a"), TestProvider(kid: "b"))
        let token = try TestProvider(key: first.key, kid: nil).token(Self.claims)
        #expect(try accepts(token, first.jwks))
        #expect(try !accepts(token, #"{"keys":[\#(first.jwk()),\#(second.jwk())]}"#))
        let rsa = TestProvider(key: .rsa(try #require(TestProvider.rsa)))
        #expect(
            try accepts(token, #"{"keys":[\#(first.jwk()),\#(rsa.jwk())]}"#), "another algorithm's key is not meant")
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[]}"#, "not json", #"{"keys":[{"kty":"oct","k":"AA"}]}"#,
    ])
    func `a document without a key that helps is no key set`(jwks: String) {
        #expect(throws: ProviderKeySet.Fault.self) { try ProviderKeySet(jwks: Array(jwks.utf8)) }
    }

    @Test func `a set of very many keys is refused`() {
        let jwks = #"{"keys":[\#(Array(repeating: TestProvider().jwk(), count: 101).joined(separator: ","))]}"#
        #expect(throws: ProviderKeySet.Fault.self) { try ProviderKeySet(jwks: Array(jwks.utf8)) }
    }

    @Test(arguments: ["", "a.b", "a.b.c.d", "....", "e30.e30.", "e30.e30.!", "e30=.e30.AA", "W10.e30.AA"])
    func `what is no token at all is refused`(text: String) {
        #expect(throws: ForeignToken.Fault.self) { try ForeignToken(text) }
    }

    @Test func `a token of more bytes than anybody needs is not even read`() throws {
        let text = try TestProvider().token(Self.claims.with(["pad": "\"\(String(repeating: "x", count: 16_384))\""]))
        #expect(throws: ForeignToken.Fault.self) { try ForeignToken(text) }
    }
}
