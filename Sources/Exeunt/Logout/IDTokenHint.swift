/// What an ID token that a relying party shows us says, once it has been verified (OpenID Connect RP-Initiated Logout 1.0 §2).
package struct IDTokenHint: Hashable, Sendable {
    package var issuer: String
    package var audience: [String]
    package var subject: String
    package var session: String?

    package init(issuer: String, audience: [String], subject: String, session: String? = nil) {
        self.issuer = issuer
        self.audience = audience
        self.subject = subject
        self.session = session
    }

    /// Whether it is about that session: the one that its issuer has vouched for, by its `sid` if both know one, and by its `sub`.
    package func isAbout(_ found: Session) -> Bool {
        guard let upstream = found.upstream, upstream.issuer == issuer else { return false }
        if let session, let there = upstream.session, session != there { return false }
        if let there = upstream.subject { return there == subject }
        return session != nil && session == upstream.session
    }
}

/// Reads the ID tokens of the providers that are registered.
package protocol IDTokenHints: Sendable {
    /// What an ID token says; nil for any text that is none of a registered provider's, whatever is wrong with it. One that has expired
    /// is as good as a new one: whoever signs out has often been there for long (§2).
    func read(_ text: String) async throws(AuthorityError) -> IDTokenHint?
}
