internal import Settlement

extension Authority {
    /// Revokes a token for the client that it was issued to (RFC 7009 §2.1).
    ///
    /// A refresh token, or a session's handle, ends its session with all access tokens; a remember-me token ends the remembered
    /// login and the sessions that it opened; an access token ends alone. A token that is unknown, over or another
    /// client's is left as it is, and the answer is the same: nothing is thrown for it.
    package func revoke(
        _ credential: PresentedCredential, clientID: String, by: Provenance
    ) async throws(AuthorityError) {
        let now = environment.now()
        switch credential {
        case .session(let handle):
            let session = try await store.session(handle: handle.hash, at: now)
            try await revoke(session, clientID: clientID, by: by)
        case .refresh(let token):
            guard keyRing.authenticates(token) else { return }
            let session = try await store.session(refreshFamily: token.familyHash, at: now)?.session
            try await revoke(session, clientID: clientID, by: by)
        case .remember(let token):
            guard keyRing.authenticates(token) else { return }
            let login = try await store.rememberedLogin(family: token.familyHash, at: now)
            guard login?.clientID ?? clientID == clientID else { return }
            _ = try await receipt(of: try await end(.rememberedLogin(token.familyHash), because: .revoked, by: by))
        case .access(let text):
            guard let token = await signingKeys.read(text, issuer: policy.issuer), !token.isExpired(at: now),
                token.payload.clientID == clientID
            else { return }
            _ = try await receipt(
                of: try await end(.token(token.claims.token, of: token.claims.session), because: .revoked, by: by))
        }
    }

    private func revoke(_ session: Session?, clientID: String, by: Provenance) async throws(AuthorityError) {
        // One that is over already may not be settled yet.
        guard let session else { return _ = try await receipt(of: .nothing) }
        guard session.clientID == clientID else { return }
        _ = try await receipt(of: try await end(.session(session.id, owner: nil), because: .revoked, by: by))
    }
}
