/// Something that is told once: a token, or the end of a session elsewhere.
package struct Heard: Hashable, Sendable {
    /// What a store keeps of it.
    package let hash: SecretHash

    /// A token of an issuer, by its `jti`.
    package init(token: String, of issuer: String) { hash = Self.hash("token", issuer, token) }

    /// The end of a session of an issuer, by its `sid`.
    package init(endOf session: String, of issuer: String) { hash = Self.hash("end", issuer, session) }

    /// The lengths in front keep two pairs of texts from being one.
    private static func hash(_ kind: String, _ issuer: String, _ name: String) -> SecretHash {
        SecretHash(of: "\(kind) \(issuer.utf8.count) \(issuer) \(name)".utf8)
    }
}
