internal import Settlement

/// The secret in a session cookie: `exs_` and 32 bytes in base64url.
///
/// Whoever has it is in.
package struct SessionHandle: Sendable, CustomStringConvertible {
    private static let prefix = "exs_"
    private let bytes: [UInt8]

    /// A handle of 32 bytes that nobody can guess.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// The handle that a caller presents, or nil when it has not the form of one.
    package init?(presented text: some StringProtocol) {
        guard text.hasPrefix(Self.prefix), let bytes = Base64URL.decode(text.dropFirst(Self.prefix.count)),
            bytes.count == 32
        else { return nil }
        self.bytes = bytes
    }

    /// What the store keeps of it.
    package var hash: SecretHash { SecretHash(of: bytes) }

    /// The text for the cookie; the one place where the secret leaves this type.
    package var revealed: String { Self.prefix + Base64URL.encode(bytes) }

    package var description: String { "exs_(redacted)" }
}
