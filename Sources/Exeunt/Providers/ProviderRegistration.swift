/// A provider as an operator names it.
package struct ProviderRegistration: Sendable {
    /// Where its security events are fetched, and with which bearer token.
    package struct Poll: Sendable {
        package var endpoint: String
        package var token: String

        package init(endpoint: String, token: String) {
            self.endpoint = endpoint
            self.token = token
        }
    }

    package var issuer: String
    package var audience: String
    package var jwksURI: String?
    package var requiresType = true
    package var hasFrontChannel = false
    /// Whether it gets a token to push security events with.
    package var pushes = false
    package var poll: Poll?

    package init(issuer: String, audience: String) {
        self.issuer = issuer
        self.audience = audience
    }
}
