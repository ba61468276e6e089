internal import Metrics

/// The built-in sign-in, for installations without one of their own.
package struct SignIn: Sendable {
    package let authority: Authority
    package let hasher: PasswordHasher
    package let throttle: SignInThrottle
    /// How recent the proof of who one is must be for what is sensitive, unless the password comes with it.
    package let stepUp: Duration

    package init(authority: Authority, hasher: PasswordHasher, throttle: SignInThrottle, stepUp: Duration) {
        self.authority = authority
        self.hasher = hasher
        self.throttle = throttle
        self.stepUp = stepUp
    }

    /// Signs in with an address and a password, and opens a session in place of the browser's old one.
    ///
    /// Throws `invalidCredential` for a wrong password, an unknown address and a disabled account alike, after the same work,
    /// and `throttled` when there were too many attempts.
    package func signIn(
        email: String, password: String, remember: Bool, device: Device, replacing: SessionHandle?, by: Provenance
    ) async throws(AuthorityError) -> OpenedSession {
        let email = Self.normalized(email)
        let account = try await authority.store.account(email: email)
        try await check(password, of: account, named: email, by: by)
        guard let account, !account.disabled else { throw .invalidCredential }
        AuthorityMetrics.signedIn.increment()
        var by = by
        by.actor = .subject(account.subject)
        return try await authority.openSession(
            OpenSessionRequest(
                subject: account.subject, clientID: Authority.ownClientID, device: device, remember: remember,
                replacing: replacing, by: by))
    }

    /// Checks a password within the throttle, leaving an audit event when it is wrong or there were too many.
    func check(
        _ password: String, of account: Account?, named name: String, by: Provenance
    ) async throws(AuthorityError) {
        let now = authority.environment.now()
        do {
            try throttle.charge(account: name, address: by.address, at: now)
        } catch {
            AuthorityMetrics.signInThrottled.increment()
            try await authority.store.record(
                AuditEvent(.signInThrottled, at: now, subject: account?.subject.name, by: by))
            throw error
        }
        guard try await hasher.verify(password, against: account?.passwordHash), account?.disabled == false else {
            AuthorityMetrics.signInRefused.increment()
            try await authority.store.record(
                AuditEvent(.signInFailed, at: now, subject: account?.subject.name, by: by))
            throw .invalidCredential
        }
        throttle.refund(account: name, address: by.address, at: now)
    }

    /// Makes an account.
    ///
    /// Throws `invalidArgument` for an address or a password that cannot be one, and `alreadyExists` for a taken
    /// address.
    package func createAccount(subject: Subject, email: String, password: String) async throws(AuthorityError) {
        try await authority.store.add(
            Account(
                subject: subject, email: try Self.validated(email), passwordHash: try await hasher.hash(password),
                disabled: false, createdAt: authority.environment.now()))
    }

    /// An address as it is compared: without surrounding space, in lower case.
    static func normalized(_ email: String) -> String {
        email.split(whereSeparator: \.isWhitespace).joined().lowercased()
    }

    /// A normalized address of the form `something@something`; whether mail arrives there, only mail can tell.
    static func validated(_ email: String) throws(AuthorityError) -> String {
        let email = normalized(email)
        let parts = email.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), email.utf8.count <= Limits.emailBytes,
            !email.unicodeScalars.contains(where: \.isControl)
        else { throw .invalidArgument("this is not an e-mail address") }
        return email
    }
}
