internal import Crypto
internal import CryptoExtras
internal import Foundation
internal import Settlement

/// A public key of a provider, with the one algorithm that it verifies (RFC 8725 §3.1).
struct ProviderKey: Sendable {
    private enum Material: Sendable {
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
        case p521(P521.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
    }

    let id: String?
    /// As a token's `alg` names it (RFC 7518 §3.1, RFC 8037 §3.1).
    let algorithm: String
    private let material: Material

    private static let rsaAlgorithms: Set = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
    /// Bits of an RSA key: fewer are weak (RFC 7518 §3.3), more are slow.
    private static let rsaBits = 2048...8192

    /// The key of a JWK (RFC 7517 §4), or nil when it is none for signatures that we know, or not sound.
    ///
    /// One that does not name its algorithm has that of its curve, or RS256, which every provider must have (OpenID Connect
    /// Discovery 1.0 §3). A key whose private part stands there too proves nothing.
    init?(jwk: [String: StrictJSON]) {
        if let use = jwk["use"], use.string != "sig" { return nil }
        if let operations = jwk["key_ops"], operations.strings?.contains("verify") != true { return nil }
        guard jwk["d"] == nil, jwk["k"] == nil, let type = jwk["kty"]?.string,
            let (material, algorithms) = Self.material(type, jwk)
        else { return nil }
        if let id = jwk["kid"], id.string == nil { return nil }
        id = jwk["kid"]?.string
        self.material = material
        guard let named = jwk["alg"] else {
            algorithm = algorithms.first ?? ""
            return
        }
        guard let name = named.string.map(Self.oneName), algorithms.contains(name) else { return nil }
        algorithm = name
    }

    /// Whether a token says to be of this key's algorithm.
    func canHaveSigned(_ token: ForeignToken) -> Bool { Self.oneName(token.algorithm) == algorithm }

    /// Whether this key, and its algorithm, made a token's signature.
    func hasSigned(_ token: ForeignToken) -> Bool {
        guard canHaveSigned(token) else { return false }
        let (signature, message) = (token.signature, token.message)
        switch material {
        case .rsa(let key): return isSignature(signature, of: message, by: key)
        case .p256(let key):
            return (try? P256.Signing.ECDSASignature(rawRepresentation: signature))
                .map { key.isValidSignature($0, for: message) } ?? false
        case .p384(let key):
            return (try? P384.Signing.ECDSASignature(rawRepresentation: signature))
                .map { key.isValidSignature($0, for: message) } ?? false
        case .p521(let key):
            return (try? P521.Signing.ECDSASignature(rawRepresentation: signature))
                .map { key.isValidSignature($0, for: message) } ?? false
        case .ed25519(let key): return signature.count == 64 && key.isValidSignature(signature, for: message)
        }
    }

    private func isSignature(_ signature: [UInt8], of message: [UInt8], by key: _RSA.Signing.PublicKey) -> Bool {
        let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
        let padding: _RSA.Signing.Padding = algorithm.hasPrefix("PS") ? .PSS : .insecurePKCS1v1_5
        return switch algorithm.suffix(3) {
        case "256": key.isValidSignature(signature, for: SHA256.hash(data: message), padding: padding)
        case "384": key.isValidSignature(signature, for: SHA384.hash(data: message), padding: padding)
        default: key.isValidSignature(signature, for: SHA512.hash(data: message), padding: padding)
        }
    }

    /// EdDSA with Ed25519 has a name of its own by now (RFC 9864 §2.2).
    private static func oneName(_ algorithm: String) -> String { algorithm == "Ed25519" ? "EdDSA" : algorithm }

    // MARK: Reading

    /// The key itself, and the algorithms that it could be for, the usual one first.
    private static func material(
        _ type: String, _ jwk: [String: StrictJSON]
    ) -> (Material, algorithms: [String])? {
        let curve = jwk["crv"]?.string
        switch (type, curve) {
        case ("RSA", nil):
            guard let n = bytes(jwk["n"]), let e = bytes(jwk["e"]), n.count <= rsaBits.upperBound / 8,
                let key = try? _RSA.Signing.PublicKey(n: n, e: e), rsaBits.contains(key.keySizeInBits)
            else { return nil }
            return (.rsa(key), ["RS256"] + rsaAlgorithms.sorted())
        case ("EC", "P-256"):
            guard let point = point(jwk, bytes: 32) else { return nil }
            return (try? P256.Signing.PublicKey(rawRepresentation: point)).map { (.p256($0), ["ES256"]) }
        case ("EC", "P-384"):
            guard let point = point(jwk, bytes: 48) else { return nil }
            return (try? P384.Signing.PublicKey(rawRepresentation: point)).map { (.p384($0), ["ES384"]) }
        case ("EC", "P-521"):
            guard let point = point(jwk, bytes: 66) else { return nil }
            return (try? P521.Signing.PublicKey(rawRepresentation: point)).map { (.p521($0), ["ES512"]) }
        case ("OKP", "Ed25519"):
            guard let x = bytes(jwk["x"]), x.count == 32 else { return nil }
            return (try? Curve25519.Signing.PublicKey(rawRepresentation: x)).map { (.ed25519($0), ["EdDSA"]) }
        default: return nil
        }
    }

    private static func point(_ jwk: [String: StrictJSON], bytes length: Int) -> [UInt8]? {
        guard let x = bytes(jwk["x"]), let y = bytes(jwk["y"]), x.count == length, y.count == length else { return nil }
        return x + y
    }

    private static func bytes(_ value: StrictJSON?) -> [UInt8]? { value?.string.flatMap { Base64URL.decode($0) } }
}
