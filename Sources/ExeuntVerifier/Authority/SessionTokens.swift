/// What the authority hands out for a session: secrets, which belong into `HttpOnly` cookies or a server's memory.
public struct SessionTokens: Sendable, CustomStringConvertible, CustomReflectable {
    /// What each request shows; the verifier checks it.
    public let accessToken: String
    /// What gets the next pair, once.
    public let refreshToken: String
    /// The access token's life from now.
    public let expiresIn: Duration

    package init(accessToken: String, refreshToken: String, expiresIn: Duration) {
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.expiresIn = expiresIn
    }

    /// Not the tokens.
    public var description: String { "tokens of a session (redacted)" }

    /// Empty, so that a dump shows nothing either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
