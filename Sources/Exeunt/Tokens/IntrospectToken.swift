internal import Settlement

extension Authority {
    /// What is said of a live token (RFC 7662 §2.2).
    package struct Introspection: Sendable {
        package enum TokenKind: String, Sendable {
            case access = "access_token"
            case refresh = "refresh_token"
            case session = "session_token"
        }

        package var kind: TokenKind
        package var session: Session
        package var expiresAt: Timestamp
        /// The access token's own claims.
        package var payload: AccessTokenPayload?
    }

    /// Says whether a credential is accepted now; nil for every reason why not.
    ///
    /// Only the newest refresh token of a family is active: the one before it would still be answered within the grace, but
    /// nobody should rely on it. A session's handle counts as the person's activity.
    package func introspect(_ credential: PresentedCredential) async throws(AuthorityError) -> Introspection? {
        let now = environment.now()
        switch credential {
        case .session(let handle):
            guard let session = try await checkSession(handle, countsAsActivity: true) else { return nil }
            return Introspection(kind: .session, session: session, expiresAt: session.expiresAt)
        case .refresh(let token):
            guard keyRing.authenticates(token),
                let found = try await store.session(refreshFamily: token.familyHash, at: now),
                found.generation == token.generation
            else { return nil }
            return Introspection(kind: .refresh, session: found.session, expiresAt: found.session.expiresAt)
        case .access(let text):
            guard let token = await signingKeys.read(text, issuer: policy.issuer), !token.isExpired(at: now),
                let session = try await store.session(of: token.claims, at: now)
            else { return nil }
            return Introspection(
                kind: .access, session: session,
                expiresAt: Timestamp(milliseconds: token.payload.exp * 1000), payload: token.payload)
        case .remember:
            return nil
        }
    }
}
