internal import Settlement

/// The bearer token that a provider pushes its security events with: `exp_` and 32 bytes in base64url.
package struct PushToken: Sendable, CustomStringConvertible {
    private static let prefix = "exp_"
    private let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// The token that a sender presents, or nil when it has not the form of one.
    package init?(presented text: some StringProtocol) {
        guard text.hasPrefix(Self.prefix), let bytes = Base64URL.decode(text.dropFirst(Self.prefix.count)),
            bytes.count == 32
        else { return nil }
        self.bytes = bytes
    }

    /// What the store keeps of it.
    package var hash: SecretHash { SecretHash(of: bytes) }

    /// The text for the provider; the one place where the secret leaves this type.
    package var revealed: String { Self.prefix + Base64URL.encode(bytes) }

    package var description: String { "exp_(redacted)" }
}
