package import Settlement

extension Authority {
    /// Signs out whoever the credentials belong to, as far as `scope` says.
    ///
    /// Credentials that open nothing any more are no error: there is nothing to end, and the receipt says so. An access
    /// token may have expired; its session can still be live. `others` keeps the session of the credentials.
    package func logout(
        _ credentials: [PresentedCredential], scope: LogoutScope, by caller: Provenance
    ) async throws(AuthorityError) -> LogoutReceipt {
        if credentials.isEmpty { return LogoutReceipt(.nothing, .settled(afterMilliseconds: 0)) }
        var ended = Ended.nothing
        var done: Set<Subject> = []
        for credential in credentials {
            let holder = try await holder(of: credential)
            var by = caller
            if case .unknown = by.actor, let subject = holder?.subject { by.actor = .subject(subject) }
            switch scope {
            case .current:
                if case .remember(let token) = credential, keyRing.authenticates(token) {
                    ended += try await end(.rememberedLogin(token.familyHash), because: scope.reason, by: by)
                } else if let session = holder?.session {
                    ended += try await end(.session(session, owner: nil), because: scope.reason, by: by)
                }
            case .others, .everywhere:
                guard let holder, done.insert(holder.subject).inserted else { continue }
                let kept = scope == .others ? holder.session : nil
                ended += try await end(.subject(holder.subject, except: kept), because: scope.reason, by: by)
            }
        }
        return try await receipt(of: ended)
    }

    /// Ends one session; with an `owner`, only if it is that subject's.
    ///
    /// Throws `sessionNotFound` when no such session is live, or it is another's.
    package func endSession(
        _ id: Identifier, owner: Subject?, because reason: EndingReason, by: Provenance
    ) async throws(AuthorityError) -> LogoutReceipt {
        let ended = try await end(.session(id, owner: owner), because: reason, by: by)
        guard ended.sessions > 0 else { throw .sessionNotFound }
        return try await receipt(of: ended)
    }

    /// Ends all of a subject's sessions, but for `kept`.
    package func endSessions(
        of subject: Subject, except kept: Identifier? = nil, because reason: EndingReason, by: Provenance
    ) async throws(AuthorityError) -> LogoutReceipt {
        try await receipt(of: try await end(.subject(subject, except: kept), because: reason, by: by))
    }

    /// Ends every session of everyone.
    package func endEveryone(by: Provenance) async throws(AuthorityError) -> LogoutReceipt {
        try await receipt(of: try await end(.everyone, because: .endedByAdministrator, by: by))
    }

    /// Ends what the policy says that an event of a subject's account must end.
    ///
    /// `kept` is the session that the event came from, if the caller wants it kept and the policy allows that.
    package func report(
        _ event: SubjectEvent, of subject: Subject, keeping kept: Identifier?, by: Provenance
    ) async throws(AuthorityError) -> LogoutReceipt {
        let except = policy.endings.scope(of: event) == .others ? kept : nil
        return try await receipt(
            of: try await end(
                .subject(subject, except: except), because: event.reason, by: by,
                accountChange: event.accountChange(of: subject)))
    }

    func end(
        _ target: Ending.Target, because reason: EndingReason, by: Provenance, renewal: Ending.Renewal? = nil,
        accountChange: AccountChange? = nil
    ) async throws(AuthorityError) -> Ended {
        let now = environment.now()
        let ended = try await store.end(
            Ending(
                target, reason: reason, at: now, revokedUntil: policy.lifetime.revocationEnd(from: now), by: by,
                renewal: renewal, accountChange: accountChange))
        AuthorityMetrics.ended(ended.sessions, because: reason)
        return ended
    }

    /// Whose a credential is, and its live session if it has one.
    private func holder(
        of credential: PresentedCredential
    ) async throws(AuthorityError) -> (subject: Subject, session: Identifier?)? {
        let now = environment.now()
        let session: Session?
        switch credential {
        case .session(let handle): session = try await store.session(handle: handle.hash, at: now)
        case .refresh(let token):
            guard keyRing.authenticates(token) else { return nil }
            session = try await store.session(refreshFamily: token.familyHash, at: now)?.session
        case .remember(let token):
            guard keyRing.authenticates(token) else { return nil }
            return try await store.rememberedLogin(family: token.familyHash, at: now).map { ($0.subject, nil) }
        case .access(let text):
            guard let claims = await signingKeys.read(text, issuer: policy.issuer)?.claims else { return nil }
            session = try await store.session(claims.session, at: now)
        }
        return session.map { ($0.subject, $0.id) }
    }
}

extension SubjectEvent {
    /// What becomes of the subject's built-in account, if it has one.
    fileprivate func accountChange(of subject: Subject) -> AccountChange? {
        switch self {
        case .accountDisabled: .disable(subject)
        case .accountDeleted: .delete(subject)
        case .passwordChanged, .passwordReset, .emailChanged, .factorChanged, .securityConcern: nil
        }
    }
}
