import Crypto
import Foundation
import Settlement

/// An access token in the making: the members of its header and payload as JSON texts, for a test to spoil.
struct TestToken {
    var header: [(name: String, json: String)]
    var payload: [(name: String, json: String)]

    static let issuer = "https://accounts.example.com"
    static let jti = Identifier(high: 7, low: 1)
    static let sid = Identifier(high: 9, low: 1)

    /// A good one of 15 minutes from `now`, in seconds since 1970.
    init(
        kid: String = "one", alg: String = "ES256", sub: String = "ada", jti: Identifier = TestToken.jti,
        sid: Identifier = TestToken.sid, ver: UInt64 = 0, gen: UInt64 = 0, now: Int64 = TestTime.start / 1000
    ) {
        header = [("typ", #""at+jwt""#), ("alg", #""\#(alg)""#), ("kid", #""\#(kid)""#)]
        payload = [
            ("iss", #""\#(Self.issuer)""#), ("sub", #""\#(sub)""#), ("aud", #"["\#(Self.issuer)"]"#),
            ("exp", "\(now + 900)"), ("iat", "\(now)"), ("jti", #""\#(jti)""#), ("client_id", #""notes""#),
            ("sid", #""\#(sid)""#), ("ver", "\(ver)"), ("gen", "\(gen)"), ("auth_time", "\(now)"),
        ]
    }

    /// The same with another value for a member of the header, or without it.
    func header(_ name: String, _ json: String?) -> Self {
        var token = self
        token.header = Self.changed(header, name, json)
        return token
    }

    /// The same with another value for a member of the payload, or without it.
    func payload(_ name: String, _ json: String?) -> Self {
        var token = self
        token.payload = Self.changed(payload, name, json)
        return token
    }

    private static func changed(
        _ members: [(name: String, json: String)], _ name: String, _ json: String?
    ) -> [(name: String, json: String)] {
        let rest = members.filter { $0.name != name }
        return json.map { rest + [(name, $0)] } ?? rest
    }

    /// What is signed.
    var signed: String {
        [header, payload].map { members in
            let text = members.map { "\"\($0.name)\":\($0.json)" }.joined(separator: ",")
            return Base64URL.encode(Array("{\(text)}".utf8))
        }.joined(separator: ".")
    }

    func text(signature: some Collection<UInt8>) -> String { signed + "." + Base64URL.encode(Array(signature)) }

    func text(_ key: P256.Signing.PrivateKey) throws -> String {
        text(signature: try key.signature(for: Data(signed.utf8)).rawRepresentation)
    }

    func text(_ key: Curve25519.Signing.PrivateKey) throws -> String {
        text(signature: try key.signature(for: Data(signed.utf8)))
    }
}

/// Public keys as the authority writes them.
enum TestKeys {
    static func jwk(_ key: P256.Signing.PublicKey, kid: String) -> String {
        let point = Array(key.rawRepresentation)
        let (x, y) = (Base64URL.encode(point.prefix(32)), Base64URL.encode(point.suffix(32)))
        return #"{"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)","use":"sig","kid":"\#(kid)","alg":"ES256"}"#
    }

    static func jwk(_ key: Curve25519.Signing.PublicKey, kid: String) -> String {
        let x = Base64URL.encode(Array(key.rawRepresentation))
        return #"{"kty":"OKP","crv":"Ed25519","x":"\#(x)","use":"sig","kid":"\#(kid)","alg":"EdDSA"}"#
    }

    static func jwks(_ keys: String...) -> String { #"{"keys":[\#(keys.joined(separator: ","))]}"# }
}
