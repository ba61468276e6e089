/// A signed access token (RFC 9068).
package struct AccessToken: Sendable, CustomStringConvertible {
    private let text: String
    package let expiresAt: Timestamp
    /// Its life from the moment of issue, in whole seconds.
    package let expiresInSeconds: Int64

    init(text: String, issuedAt: Timestamp, expiresAt: Timestamp) {
        self.text = text
        self.expiresAt = expiresAt
        self.expiresInSeconds = expiresAt.seconds - issuedAt.seconds
    }

    /// The text for the client; the one place where the secret leaves this type.
    package var revealed: String { text }

    package var description: String { "access token (redacted)" }
}
