internal import Exeunt
internal import HTTPTypes
internal import Hummingbird

/// A request of a browser that is signed in.
struct BrowserVisit: Sendable {
    var session: Session
    var handle: SessionHandle
    /// `Set-Cookie`s that its answer must carry: those of a session that has just been resumed.
    var setCookies: [String] = []
    var by: Provenance

    /// An answer with what it must carry.
    func finish(_ response: Response) -> Response {
        var response = response
        for cookie in setCookies { response.headers.append(HTTPField(name: .setCookie, value: cookie)) }
        return response
    }
}

extension Surface {
    /// Who asks and from where, before anybody has shown who they are.
    func provenance(_ request: Request, _ context: AuthorityRequestContext) -> Provenance {
        Provenance(
            actor: .unknown, address: request.clientAddress(context, trusting: settings.trustedProxies),
            userAgent: request.headers[.userAgent])
    }

    /// The visit of a browser whose session is live, or which has just resumed a remembered login; else nil.
    ///
    /// A login is resumed only for a page that somebody wants to see: not for a form, a prefetch or a `HEAD`.
    func visit(_ request: Request, _ context: AuthorityRequestContext) async throws -> BrowserVisit? {
        var by = provenance(request, context)
        if let handle = cookies.handle(in: request),
            let session = try await authority.checkSession(handle, countsAsActivity: true)
        {
            by.actor = .subject(session.subject)
            return BrowserVisit(session: session, handle: handle, by: by)
        }
        guard request.method == .get, !request.isPrefetch, let token = cookies.rememberToken(in: request) else {
            return nil
        }
        do {
            let opened = try await authority.resumeRememberedLogin(
                token, clientID: Authority.ownClientID,
                device: Device(userAgent: by.userAgent, address: by.address), wantsTokens: false, by: by)
            by.actor = .subject(opened.session.subject)
            return BrowserVisit(
                session: opened.session, handle: opened.handle, setCookies: setCookies(of: opened), by: by)
        } catch AuthorityError.invalidCredential, AuthorityError.tooManySessions {
            return nil
        }
    }

    /// The visit of a browser that must be signed in for this.
    ///
    /// Throws a ``SignInNeeded`` that leads to the sign-in.
    func requireVisit(_ request: Request, _ context: AuthorityRequestContext) async throws -> BrowserVisit {
        guard let visit = try await visit(request, context) else {
            throw SignInNeeded(
                returnTo: request.method == .get ? request.uri.path : "/account/sessions",
                forgetsLogin: try await hasDeadRememberCookie(request))
        }
        return visit
    }

    /// Whether a request brings a remember-me cookie that opens nothing any more.
    private func hasDeadRememberCookie(_ request: Request) async throws -> Bool {
        guard let token = cookies.rememberToken(in: request) else { return cookies.hasRememberCookie(request) }
        return try await !authority.isRemembered(token)
    }

    /// The cookies of a session that has been opened.
    func setCookies(of opened: OpenedSession) -> [String] {
        var setCookies = [cookies.set(opened.handle)]
        if let token = opened.rememberToken, let end = opened.rememberedUntil {
            setCookies.append(cookies.set(token, until: end, now: authority.environment.now()))
        }
        return setCookies
    }
}

/// A page that one must be signed in for.
struct SignInNeeded: Error {
    var returnTo: String
    /// Whether the browser's remember-me cookie is dead, and goes.
    var forgetsLogin: Bool
}
