/// How long sessions and their credentials live.
package struct SessionLifetime: Hashable, Sendable {
    /// A session that nothing is heard of ends after this.
    package var idleTimeout: Duration = .seconds(3600)
    /// A session ends after this whatever happens.
    package var absoluteTimeout: Duration = .seconds(86_400)
    /// An access token's life; a revocation stays in the log as long as one can still be valid.
    package var accessToken: Duration = .seconds(900)
    /// How long the refresh token before the newest one is still answered, with the same successor.
    package var refreshGrace: Duration = .seconds(10)
    /// A remembered login's life since the sign-in that made it; using it does not lengthen it.
    package var rememberedLogin: Duration = .seconds(2_592_000)

    package init() {}

    /// When every access token issued by `now` has expired for every verifier.
    package func revocationEnd(from now: Timestamp) -> Timestamp { now + accessToken + Limits.clockSkew }
}
