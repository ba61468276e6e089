import Crypto
import CryptoExtras
import Exeunt
import Foundation
import Settlement

/// A provider that signs whatever it is told to, with whatever header.
struct TestProvider: Sendable {
    /// A private key with its JWK.
    enum Key: Sendable {
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case p521(P521.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
        case rsa(_RSA.Signing.PrivateKey)
    }

    static let issuer = "https://login.example.org"
    static let audience = "our-client"
    static let rsa = try? _RSA.Signing.PrivateKey(keySize: .bits2048)

    var key = Key.p256(P256.Signing.PrivateKey())
    var kid: String? = "k1"

    /// What an operator has registered.
    static func registered(requiresType: Bool = true) -> Provider {
        Provider(
            issuer: issuer, audience: audience, requiresType: requiresType, createdAt: Timestamp(milliseconds: 0))
    }

    var jwks: String { #"{"keys":[\#(jwk())]}"# }

    func jwk(_ changes: [String: String?] = [:]) -> String {
        var members = Self.members(of: key)
        members["use"] = #""sig""#
        members["kid"] = kid.map { "\"\($0)\"" }
        for (name, value) in changes { members[name] = value }
        return Self.object(members)
    }

    var keys: ProviderKeySet {
        get throws { try ProviderKeySet(jwks: Array(jwks.utf8)) }
    }

    /// A signed token: names with values in JSON, in the header and in the claims.
    ///
    /// `more` is written behind the claims as it is, such as a second member of a name.
    func token(
        _ claims: [String: String], type: String? = "logout+jwt", algorithm: String? = nil,
        header changes: [String: String?] = [:], more: String = ""
    ) throws -> String {
        let algorithm = algorithm ?? Self.usualAlgorithm(of: key)
        var header = ["alg": "\"\(algorithm)\""]
        header["kid"] = kid.map { "\"\($0)\"" }
        header["typ"] = type.map { "\"\($0)\"" }
        for (name, value) in changes { header[name] = value }
        let body = String(Self.object(claims).dropLast()) + more + "}"
        let message = [Self.object(header), body].map { Base64URL.encode(Array($0.utf8)) }.joined(separator: ".")
        return message + "." + Base64URL.encode(try signature(of: Data(message.utf8), algorithm))
    }

    /// A token as whoever has the provider's keys takes it; nil when it is refused before its own rules are looked at.
    func genuine(_ text: String, requiresType: Bool = true) throws -> GenuineToken? {
        guard let token = try? ForeignToken(text) else { return nil }
        return GenuineToken(token, of: Self.registered(requiresType: requiresType), signedBy: try keys)
    }

    private func signature(of message: Data, _ algorithm: String) throws -> [UInt8] {
        switch key {
        case _ where algorithm == "none": return []
        case _ where algorithm.hasPrefix("HS"):
            // The public key as the secret: what a library that takes any key for any algorithm falls for.
            let secret = SymmetricKey(data: Array(jwk().utf8))
            return Array(HMAC<SHA256>.authenticationCode(for: message, using: secret))
        case .p256(let key): return Array(try key.signature(for: message).rawRepresentation)
        case .p384(let key): return Array(try key.signature(for: message).rawRepresentation)
        case .p521(let key): return Array(try key.signature(for: message).rawRepresentation)
        case .ed25519(let key): return Array(try key.signature(for: message))
        case .rsa(let key):
            let padding: _RSA.Signing.Padding = algorithm.hasPrefix("PS") ? .PSS : .insecurePKCS1v1_5
            switch algorithm.suffix(3) {
            case "384":
                return Array(try key.signature(for: SHA384.hash(data: message), padding: padding).rawRepresentation)
            case "512":
                return Array(try key.signature(for: SHA512.hash(data: message), padding: padding).rawRepresentation)
            default:
                return Array(try key.signature(for: SHA256.hash(data: message), padding: padding).rawRepresentation)
            }
        }
    }

    private static func usualAlgorithm(of key: Key) -> String {
        switch key {
        case .p256: "ES256"
        case .p384: "ES384"
        case .p521: "ES512"
        case .ed25519: "EdDSA"
        case .rsa: "RS256"
        }
    }

    private static func members(of key: Key) -> [String: String] {
        func text(_ bytes: some Collection<UInt8>) -> String { "\"\(Base64URL.encode(Array(bytes)))\"" }
        func point(_ curve: String, _ raw: Data) -> [String: String] {
            [
                "kty": #""EC""#, "crv": "\"\(curve)\"", "x": text(raw.prefix(raw.count / 2)),
                "y": text(raw.suffix(raw.count / 2)),
            ]
        }
        switch key {
        case .p256(let key): return point("P-256", key.publicKey.rawRepresentation)
        case .p384(let key): return point("P-384", key.publicKey.rawRepresentation)
        case .p521(let key): return point("P-521", key.publicKey.rawRepresentation)
        case .ed25519(let key):
            return ["kty": #""OKP""#, "crv": #""Ed25519""#, "x": text(key.publicKey.rawRepresentation)]
        case .rsa(let key):
            guard let numbers = try? key.publicKey.getKeyPrimitives() else { return [:] }
            return ["kty": #""RSA""#, "n": text(numbers.modulus), "e": text(numbers.publicExponent)]
        }
    }

    private static func object(_ members: [String: String]) -> String {
        "{" + members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }
}

/// What a test changes in a token: the value in JSON that takes the place of a member's, or nil to leave it out.
typealias Changes = [String: String?]

extension [String: String] {
    func with(_ changes: Changes) -> [String: String] {
        var changed = self
        for (name, value) in changes { changed[name] = value }
        return changed
    }
}
