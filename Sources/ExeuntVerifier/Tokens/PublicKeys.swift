internal import Crypto
internal import Foundation
internal import Settlement

/// The authority's public keys, by their ids (RFC 7517 §5).
struct PublicKeys: Sendable {
    /// A key set that cannot be what the authority meant.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private let keys: [String: PublicKey]

    /// No key, so that no token is genuine.
    init() { keys = [:] }

    /// The keys of a JWKS that sign tokens.
    ///
    /// Keys of other kinds or for other uses are passed over (RFC 7517 §5); one of ours that is not well-formed spoils the set,
    /// because then it is not known which tokens it should have let in.
    init(jwks: [UInt8]) throws(Fault) {
        guard JSONObject(jwks) != nil, let set = try? JSONDecoder().decode(KeySet.self, from: Data(jwks)) else {
            throw Fault(description: "the keys are no JWKS")
        }
        guard set.keys.count <= Limits.keys else { throw Fault(description: "there are more than \(Limits.keys) keys") }
        var keys: [String: PublicKey] = [:]
        for entry in set.keys where entry.use == nil || entry.use == "sig" {
            guard let key = try Self.read(entry) else { continue }
            guard let kid = entry.kid, !kid.isEmpty else { throw Fault(description: "a key has no id") }
            guard keys.updateValue(key, forKey: kid) == nil else { throw Fault(description: "two keys have one id") }
        }
        guard !keys.isEmpty else { throw Fault(description: "there is no key that signs") }
        self.keys = keys
    }

    subscript(id: String) -> PublicKey? { keys[id] }

    /// Whether every key of `other` is here, and is the same.
    func hasAll(of other: PublicKeys) -> Bool { other.keys.allSatisfy { keys[$0.key] == $0.value } }

    // MARK: Reading

    private struct KeySet: Decodable {
        var keys: [Entry]
    }

    /// A JWK (RFC 7517 §4, RFC 7518 §6.2, RFC 8037 §2).
    private struct Entry: Decodable {
        var kty: String
        var kid: String?
        var use: String?
        var alg: String?
        var crv: String?
        var x: String?
        var y: String?
        var d: String?
    }

    private static func read(_ entry: Entry) throws(Fault) -> PublicKey? {
        let key: PublicKey
        switch (entry.kty, entry.crv) {
        case ("EC", "P-256"):
            guard let point = try? P256.Signing.PublicKey(rawRepresentation: coordinate(entry.x) + coordinate(entry.y))
            else { throw Fault(description: "a key is no point of P-256") }
            key = .es256(point)
        case ("OKP", "Ed25519"):
            guard let point = try? Curve25519.Signing.PublicKey(rawRepresentation: coordinate(entry.x)) else {
                throw Fault(description: "a key is no key of Ed25519")
            }
            key = .edDSA(point)
        default: return nil
        }
        guard entry.alg == nil || entry.alg == key.algorithm else {
            throw Fault(description: "a key is not of its algorithm")
        }
        guard entry.d == nil else { throw Fault(description: "a private key is among the public ones") }
        return key
    }

    private static func coordinate(_ text: String?) throws(Fault) -> [UInt8] {
        guard let bytes = text.flatMap({ Base64URL.decode($0) }), bytes.count == 32 else {
            throw Fault(description: "a coordinate of a key has not 32 bytes")
        }
        return bytes
    }
}
