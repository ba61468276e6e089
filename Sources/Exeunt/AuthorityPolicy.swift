/// What an operator decides.
package struct AuthorityPolicy: Sendable {
    /// The authority's own address, as tokens name it (`iss`, RFC 8414 §2): scheme, host and port, no path.
    package var issuer: String
    /// Who access tokens are for (`aud`); the issuer itself when empty.
    package var audience: [String] = []
    package var lifetime = SessionLifetime()
    /// Nil for no cap.
    package var concurrency: ConcurrencyLimit?
    package var endings = EndingPolicy()
    package var onRefreshReuse: Rotation.ReuseConsequence = .endSession
    /// Whether sessions get a place in the status lists, and access tokens say which.
    package var hasStatusLists = false
    /// How long an ending is tried to be told to a receiver before it is given up.
    package var eventLife: Duration = .seconds(24 * 3600)
    package var signingAlgorithm: SigningAlgorithm = .es256

    package init(issuer: String) { self.issuer = issuer }
}
