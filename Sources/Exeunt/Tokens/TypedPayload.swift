package import JWTKit

/// The claims of a token of one kind, which its header names (RFC 8725 §3.11).
package protocol TypedPayload: JWTPayload, Sendable {
    /// The header's `typ`.
    static var type: String { get }
}

extension TypedPayload {
    /// Nothing here: what is told to others is made and not read.
    package func verify(using algorithm: some JWTAlgorithm) {}
}
