internal import Logging
internal import Metrics

extension Authority {
    /// New tokens for a refresh token (RFC 6749 §6, RFC 9700 §4.14.2).
    package struct RefreshedTokens: Sendable {
        package var session: Session
        package var accessToken: AccessToken
        package var refreshToken: RotatingToken
    }

    /// Exchanges a refresh token for its successor and a new access token.
    ///
    /// Throws `invalidCredential` for every token that opens nothing: unknown, ended, another client's, or used before. The
    /// last has then ended what the policy says.
    package func rotateRefreshToken(
        _ token: RotatingToken, clientID: String, by: Provenance
    ) async throws(AuthorityError) -> RefreshedTokens {
        guard token.kind == .refresh, keyRing.authenticates(token) else {
            AuthorityMetrics.refreshRefused.increment()
            throw .invalidCredential
        }
        let now = environment.now()
        let outcome = try await store.rotate(
            Rotation(
                familyHash: token.familyHash, generation: token.generation, clientID: clientID, at: now,
                grace: policy.lifetime.refreshGrace, idleTimeout: policy.lifetime.idleTimeout,
                onReuse: policy.onRefreshReuse, revokedUntil: policy.lifetime.revocationEnd(from: now), by: by))
        guard case .rotated(let session, let generation) = outcome else {
            if case .reused(let ended) = outcome {
                AuthorityMetrics.refreshReused.increment()
                AuthorityMetrics.ended(ended.sessions, because: .refreshReuse)
                logger.warning("a refresh token was used twice", metadata: ["ended_sessions": "\(ended.sessions)"])
            } else {
                AuthorityMetrics.refreshRefused.increment()
            }
            throw .invalidCredential
        }
        AuthorityMetrics.refreshed.increment()
        return RefreshedTokens(
            session: session, accessToken: try await issueAccessToken(for: session, at: now),
            refreshToken: keyRing.token(of: token, generation: generation))
    }
}
