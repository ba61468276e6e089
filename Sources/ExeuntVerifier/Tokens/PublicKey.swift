internal import Crypto
internal import Settlement

/// A public key of the authority, which fixes the algorithm: what a token says of it is only compared (RFC 8725 §3.1).
enum PublicKey: Sendable {
    /// ECDSA on P-256 with SHA-256 (RFC 7518 §3.4).
    case es256(P256.Signing.PublicKey)
    /// Ed25519 (RFC 8037 §3.1).
    case edDSA(Curve25519.Signing.PublicKey)

    var algorithm: String {
        switch self {
        case .es256: "ES256"
        case .edDSA: "EdDSA"
        }
    }

    func isSignature(_ signature: [UInt8], of message: some Collection<UInt8>) -> Bool {
        let message = Array(message)
        switch self {
        case .es256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: message)
        case .edDSA(let key):
            return signature.count == 64 && key.isValidSignature(signature, for: message)
        }
    }

    fileprivate var bytes: [UInt8] {
        switch self {
        case .es256(let key): Array(key.rawRepresentation)
        case .edDSA(let key): Array(key.rawRepresentation)
        }
    }
}

extension PublicKey: Equatable {
    static func == (left: Self, right: Self) -> Bool { left.algorithm == right.algorithm && left.bytes == right.bytes }
}
