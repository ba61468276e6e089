internal import Logging
internal import Metrics

extension Authority {
    /// Whether a remember-me token belongs to a login that is still remembered; asking uses nothing up.
    package func isRemembered(_ token: RotatingToken) async throws(AuthorityError) -> Bool {
        guard token.kind == .remember, keyRing.authenticates(token) else { return false }
        return try await store.rememberedLogin(family: token.familyHash, at: environment.now()) != nil
    }

    /// Opens a session from a remembered login, whose token is exchanged for its successor.
    ///
    /// Asked again within the grace, it answers with the same session and the same tokens, so two tabs that a browser restores
    /// at once get one session. Throws `invalidCredential` for every token that opens nothing; one that was
    /// used before has then ended all of its subject's sessions.
    package func resumeRememberedLogin(
        _ token: RotatingToken, clientID: String, device: Device, wantsTokens: Bool, by: Provenance
    ) async throws(AuthorityError) -> OpenedSession {
        guard token.kind == .remember, keyRing.authenticates(token) else { throw .invalidCredential }
        let now = environment.now()
        guard let login = try await store.rememberedLogin(family: token.familyHash, at: now) else {
            throw .invalidCredential
        }
        let ends = ends(openedAt: now)
        // The successor is known beforehand: the presented generation's, or the same again within the grace.
        let handle = keyRing.resumedHandle(of: token, generation: token.generation &+ 1)
        let refresh = wantsTokens ? keyRing.resumedRefreshToken(of: token, generation: token.generation &+ 1) : nil
        var opening = ResumedOpening(
            id: environment.identifier(), clientID: clientID, device: device, at: now, idleEnd: ends.idle,
            absoluteEnd: ends.absolute, handleHash: handle.hash, refreshFamilyHash: refresh?.familyHash,
            limit: policy.concurrency, revokedUntil: policy.lifetime.revocationEnd(from: now), by: by)
        opening.wantsStatusIndex = policy.hasStatusLists && wantsTokens
        let outcome = try await store.resume(
            Resumption(
                familyHash: token.familyHash, generation: token.generation, grace: policy.lifetime.refreshGrace,
                opening: opening))
        guard case .rotated(let session, let generation) = outcome else {
            if case .reused(let ended) = outcome {
                AuthorityMetrics.ended(ended.sessions, because: .rememberReuse)
                logger.warning("a remember-me token was used twice", metadata: ["ended_sessions": "\(ended.sessions)"])
            }
            throw .invalidCredential
        }
        AuthorityMetrics.resumed.increment()
        return OpenedSession(
            session: session, handle: handle,
            accessToken: wantsTokens ? try await issueAccessToken(for: session, at: now) : nil,
            refreshToken: refresh, rememberToken: keyRing.token(of: token, generation: generation),
            rememberedUntil: login.expiresAt)
    }
}
