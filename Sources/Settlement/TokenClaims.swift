/// What an access token says of itself that a revocation can match.
package struct TokenClaims: Hashable, Sendable {
    /// The token's own name (`jti`).
    package var token: Identifier
    /// The session that it came from (`sid`).
    package var session: Identifier
    /// Whose session it is (`sub`).
    package var subject: String
    /// The subject's token version when the session opened, or was last kept (`ver`).
    package var version: UInt64
    /// The authority's epoch at that moment (`gen`).
    package var epoch: UInt64

    package init(token: Identifier, session: Identifier, subject: String, version: UInt64, epoch: UInt64) {
        self.token = token
        self.session = session
        self.subject = subject
        self.version = version
        self.epoch = epoch
    }
}
