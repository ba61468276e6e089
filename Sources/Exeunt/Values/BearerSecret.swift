internal import Settlement

/// A secret that whoever has it proves something with: a prefix that says what it is, and 32 random bytes in base64url.
///
/// The prefix lets secret scanners find one that has leaked, and its kind keeps one from being taken for another.
package struct BearerSecret<Kind: BearerSecretKind>: Sendable, CustomStringConvertible {
    private let bytes: [UInt8]

    /// A secret of 32 bytes that nobody can guess.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// The secret that a caller presents, or nil when it has not the form of one.
    package init?(presented text: some StringProtocol) {
        guard text.hasPrefix(Kind.prefix), let bytes = Base64URL.decode(text.dropFirst(Kind.prefix.count)),
            bytes.count == 32
        else { return nil }
        self.bytes = bytes
    }

    /// What the store keeps of it.
    package var hash: SecretHash { SecretHash(of: bytes) }

    /// The text for its holder; the one place where the secret leaves this type.
    package var revealed: String { Kind.prefix + Base64URL.encode(bytes) }

    package var description: String { Kind.prefix + "(redacted)" }
}

/// What a secret is for.
package protocol BearerSecretKind: Sendable {
    /// What its text begins with.
    static var prefix: String { get }
}
