internal import Settlement

extension Authority {
    /// A new access token of a session; it never outlives the session's absolute end.
    func issueAccessToken(for session: Session, at now: Timestamp) async throws(AuthorityError) -> AccessToken {
        let expiresAt = min(now + policy.lifetime.accessToken, session.absoluteEnd)
        var payload = AccessTokenPayload(
            iss: policy.issuer, sub: session.subject.name,
            aud: policy.audience.isEmpty ? [policy.issuer] : policy.audience, exp: expiresAt.seconds,
            iat: now.seconds, jti: environment.identifier().description, clientID: session.clientID,
            sid: session.id.description, ver: session.version, gen: session.epoch,
            authTime: session.authenticatedAt.seconds)
        if policy.hasStatusLists, let index = session.statusIndex {
            payload.status = AccessTokenPayload.Status(
                statusList: .init(
                    idx: index % StatusList.size, uri: statusListAddress(StatusList.number(of: index))))
        }
        return AccessToken(text: try await signingKeys.sign(payload), issuedAt: now, expiresAt: expiresAt)
    }
}
