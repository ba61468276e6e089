/// A signing key as the store has it: sealed.
package struct StoredSigningKey: Hashable, Sendable {
    /// The key's id (`kid`, RFC 7517 §4.5).
    package var id: String
    package var algorithm: SigningAlgorithm
    /// The private key under ``KeyRing/seal(_:name:)``.
    package var sealed: [UInt8]
    package var createdAt: Timestamp
    /// When it leaves the JWKS: nil while it signs; else the moment when its last token has expired.
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

/// How access tokens are signed: one algorithm a key (RFC 8725 §3.1).
package enum SigningAlgorithm: String, Hashable, Sendable, CaseIterable {
    /// ECDSA on P-256 with SHA-256 (RFC 7518 §3.4).
    case es256 = "ES256"
    /// Ed25519 (RFC 8037).
    case edDSA = "EdDSA"
}
