internal import Metrics
internal import Settlement

/// What it takes to open a session for somebody whom the caller has authenticated.
package struct OpenSessionRequest: Sendable {
    package var subject: Subject
    package var clientID: String
    package var device: Device
    /// When the person proved who they are; now, when nil.
    package var authenticatedAt: Timestamp?
    package var upstream: Session.Upstream?
    /// Whether to remember the login.
    package var remember: Bool
    /// Whether an access and a refresh token are wanted beside the cookie's handle (ASVS 10.1.1: only where needed).
    package var wantsTokens: Bool
    /// The session that the same browser had before; it ends.
    package var replacing: SessionHandle?
    package var by: Provenance

    package init(
        subject: Subject, clientID: String, device: Device, authenticatedAt: Timestamp? = nil,
        upstream: Session.Upstream? = nil, remember: Bool = false, wantsTokens: Bool = false,
        replacing: SessionHandle? = nil, by: Provenance
    ) {
        self.subject = subject
        self.clientID = clientID
        self.device = device
        self.authenticatedAt = authenticatedAt
        self.upstream = upstream
        self.remember = remember
        self.wantsTokens = wantsTokens
        self.replacing = replacing
        self.by = by
    }
}

extension Authority {
    /// The client that sessions of the built-in sign-in belong to; no client can be added under this id.
    package static let ownClientID = "exeunt"

    /// Opens a session and gives its credentials.
    ///
    /// Throws `invalidArgument` for an authentication in the future, and what ``AuthorityStore/open(_:)`` throws.
    package func openSession(_ request: OpenSessionRequest) async throws(AuthorityError) -> OpenedSession {
        let now = environment.now()
        guard request.authenticatedAt ?? now <= now + Limits.clockSkew else {
            throw .invalidArgument("authenticated_at is in the future")
        }
        let handle = SessionHandle(bytes: environment.randomBytes(32))
        let refresh = request.wantsTokens ? newFamily(.refresh) : nil
        let remember = request.remember ? newFamily(.remember) : nil
        let rememberedUntil = now + policy.lifetime.rememberedLogin
        let ends = ends(openedAt: now)
        var opening = Opening(
            id: environment.identifier(), subject: request.subject, clientID: request.clientID,
            device: request.device, upstream: request.upstream, at: now,
            authenticatedAt: min(request.authenticatedAt ?? now, now), idleEnd: ends.idle,
            absoluteEnd: ends.absolute, handleHash: handle.hash, refreshFamilyHash: refresh?.familyHash,
            remembering: remember.map {
                RememberedLogin(
                    id: environment.identifier(), familyHash: $0.familyHash, createdAt: now,
                    expiresAt: rememberedUntil)
            },
            replacing: request.replacing?.hash, limit: policy.concurrency,
            revokedUntil: policy.lifetime.revocationEnd(from: now), by: request.by)
        opening.wantsStatusIndex = policy.hasStatusLists && request.wantsTokens
        let session = try await store.open(opening)
        AuthorityMetrics.opened.increment()
        return OpenedSession(
            session: session, handle: handle,
            accessToken: request.wantsTokens ? try await issueAccessToken(for: session, at: now) : nil,
            refreshToken: refresh, rememberToken: remember, rememberedUntil: remember.map { _ in rememberedUntil })
    }

    /// The first token of a new family.
    func newFamily(_ kind: RotatingToken.Kind) -> RotatingToken {
        keyRing.firstToken(kind, family: environment.randomBytes(RotatingToken.familyBytes))
    }

    /// The idle and absolute ends of a session that opens now.
    func ends(openedAt now: Timestamp) -> (idle: Timestamp, absolute: Timestamp) {
        let absolute = now + policy.lifetime.absoluteTimeout
        return (min(now + policy.lifetime.idleTimeout, absolute), absolute)
    }
}
