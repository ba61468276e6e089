internal import Crypto

/// The SHA-256 of a secret: what the store keeps in its place.
///
/// The secrets hashed so are random and of 128 bits or more, so a plain digest cannot be searched back.
package struct SecretHash: Hashable, Sendable {
    package let bytes: [UInt8]

    /// The hash of a secret's bytes.
    package init(of secret: some Collection<UInt8>) {
        self.bytes = Array(SHA256.hash(data: Array(secret)))
    }

    /// A hash read back from a store.
    package init(stored bytes: [UInt8]) { self.bytes = bytes }

    /// Whether both are the same, in time that does not depend on where they differ.
    package func matches(_ other: SecretHash) -> Bool { constantTimeEqual(bytes, other.bytes) }
}

/// Whether two byte strings are equal, in time that depends on their lengths alone.
package func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
}
