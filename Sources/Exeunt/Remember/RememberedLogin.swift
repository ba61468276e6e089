package import Settlement

/// A login that a browser may resume for weeks with a token that changes at each use.
package struct RememberedLogin: Hashable, Sendable {
    package var id: Identifier
    package var familyHash: SecretHash
    package var createdAt: Timestamp
    package var expiresAt: Timestamp

    package init(id: Identifier, familyHash: SecretHash, createdAt: Timestamp, expiresAt: Timestamp) {
        self.id = id
        self.familyHash = familyHash
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}
