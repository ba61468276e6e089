/// A signing key as the store has it: sealed.
package struct StoredSigningKey: Hashable, Sendable {
    /// The key's id (`kid`, RFC 7517 §4.5).
    package var id: String
    package var algorithm: SigningAlgorithm
    /// The private key under ``KeyRing/seal(_:name:)``.
    package var sealed: [UInt8]
    package var createdAt: Timestamp
    /// When it leaves the JWKS: nil for the newest; else the moment when its last token has expired.
    package var retiresAt: Timestamp?

    package init(
        id: String, algorithm: SigningAlgorithm, sealed: [UInt8], createdAt: Timestamp, retiresAt: Timestamp?
    ) {
        self.id = id
        self.algorithm = algorithm
        self.sealed = sealed
        self.createdAt = createdAt
        self.retiresAt = retiresAt
    }
}

extension [StoredSigningKey] {
    /// The newest one; nil when there are none but such that are on their way out.
    package var newest: StoredSigningKey? { last { $0.retiresAt == nil } }

    /// The one, of keys with the oldest first, that signs at a moment what can be accepted until `end`: the newest that everybody
    /// has heard of, or the oldest of all when that cannot be said of any.
    package func signer(at now: Timestamp, until end: Timestamp) -> StoredSigningKey? {
        let able = filter { key in key.retiresAt.map { $0 >= end } ?? true }
        return able.last { $0.createdAt + Limits.keyAnnouncement <= now } ?? able.first
    }
}

/// How access tokens are signed: one algorithm a key (RFC 8725 §3.1).
package enum SigningAlgorithm: String, Hashable, Sendable, CaseIterable {
    /// ECDSA on P-256 with SHA-256 (RFC 7518 §3.4).
    case es256 = "ES256"
    /// Ed25519 (RFC 8037).
    case edDSA = "EdDSA"
}
