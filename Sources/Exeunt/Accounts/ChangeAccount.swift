extension SignIn {
    /// What came of a change: the receipt, and the kept session's new handle when one was kept.
    package struct Changed: Sendable {
        package var receipt: LogoutReceipt
        package var renewedHandle: SessionHandle?

        package init(receipt: LogoutReceipt, renewedHandle: SessionHandle? = nil) {
            self.receipt = receipt
            self.renewedHandle = renewedHandle
        }
    }

    /// Changes the password, for somebody who gives the present one, and ends what the policy says.
    ///
    /// With `keepingSession` this session stays if the policy allows it, under a new handle: the old one ends with the
    /// others. Throws `invalidCredential` for a wrong present password, `throttled` after too many, and
    /// `invalidArgument` for a new one that is too short or too long.
    package func changePassword(
        of session: Session, current: String, new: String, keepingSession: Bool, by: Provenance
    ) async throws(AuthorityError) -> Changed {
        try await reauthenticate(session, password: current, by: by)
        let hash = try await hasher.hash(new)
        return try await change(
            .password(session.subject, hash: hash), as: .passwordChanged, session: session,
            keepingSession: keepingSession, by: by)
    }

    /// Changes the address that one signs in with, likewise.
    ///
    /// Throws `alreadyExists` for a taken one.
    package func changeEmail(
        of session: Session, currentPassword: String, email: String, keepingSession: Bool, by: Provenance
    ) async throws(AuthorityError) -> Changed {
        let email = try Self.validated(email)
        try await reauthenticate(session, password: currentPassword, by: by)
        return try await change(
            .email(session.subject, email: email), as: .emailChanged, session: session,
            keepingSession: keepingSession, by: by)
    }

    /// Ends everything of a person who says that something is wrong, once they have shown who they are: by the password, or
    /// by a sign-in not longer ago than `stepUp`.
    package func reportConcern(
        of session: Session, password: String?, by: Provenance
    ) async throws(AuthorityError) -> LogoutReceipt {
        if password?.isEmpty == false || !isRecent(session) {
            try await reauthenticate(session, password: password ?? "", by: by)
        }
        return try await authority.report(.securityConcern, of: session.subject, keeping: nil, by: by)
    }

    /// Whether a session's person has proved who they are not longer ago than `stepUp`.
    package func isRecent(_ session: Session) -> Bool {
        authority.environment.now().since(session.authenticatedAt) <= stepUp
    }

    private func reauthenticate(_ session: Session, password: String, by: Provenance) async throws(AuthorityError) {
        let account = try await authority.store.account(of: session.subject)
        try await check(password, of: account, named: account?.email ?? session.subject.name, by: by)
    }

    private func change(
        _ change: AccountChange, as event: SubjectEvent, session: Session, keepingSession: Bool, by: Provenance
    ) async throws(AuthorityError) -> Changed {
        let keeps = keepingSession && authority.policy.endings.scope(of: event) == .others
        let handle = keeps ? SessionHandle(bytes: authority.environment.randomBytes(32)) : nil
        let ended = try await authority.end(
            .subject(session.subject, except: keeps ? session.id : nil), because: event.reason, by: by,
            renewal: handle.map {
                Ending.Renewal(handleHash: $0.hash, authenticatedAt: authority.environment.now())
            },
            accountChange: change)
        return Changed(receipt: try await authority.receipt(of: ended), renewedHandle: handle)
    }
}
