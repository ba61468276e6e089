internal import Exeunt
internal import HTTPTypes
internal import Hummingbird

/// The end_session_endpoint (OpenID Connect RP-Initiated Logout 1.0).
extension Surface {
    /// Asks whether to sign out; it never ends anything, whoever leads there and how.
    @Sendable func endSessionPage(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        try await ask(try await logoutRequest(try FormFields(query: request.uri.query)), request)
    }

    /// Signs out when our own page says that somebody has confirmed it, and asks otherwise.
    @Sendable func confirmEndSession(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let form = try await request.form()
        let wanted = try await logoutRequest(form)
        guard form[LogoutRequest.confirmation] == "1", request.isFromOwnPage(settings.publicURL) else {
            return try await ask(wanted, request)
        }
        let receipt: LogoutReceipt
        do {
            receipt = try await patiently.logout(
                cookies.credentials(in: request), scope: .current, by: provenance(request, context))
        } catch {
            var problem = HTTPProblem(notEnded: error)
            problem.retryScope = .current
            throw problem
        }
        var response = farewell(wanted, after: receipt, told: await told(of: receipt))
        clear(&response)
        return response
    }

    // MARK: Parts

    private func ask(_ wanted: LogoutRequest, _ request: Request) async throws -> Response {
        let found = try await signedIn(request)
        // A form that another site posts brings no cookie, so it says nothing of whether anybody is signed in.
        if case .nobody = found, request.method == .get, request.bringsEveryCookie(settings.publicURL) {
            return alreadyOut(wanted)
        }
        var values: [String: Any] = ["title": "Sign out", "confirmation": LogoutRequest.confirmation]
        if let client = wanted.client {
            values["client"] = client.name
            values["client_id"] = client.id
        }
        if let redirect = wanted.redirect { values["redirect"] = redirect }
        if let state = wanted.state { values["state"] = state }
        if case .session(let session) = found { values["account"] = try await name(of: session) }
        if let hint = wanted.hint {
            guard case .session(let session) = found, hint.isAbout(session, issuer: authority.policy.issuer) else {
                values["is_another"] = true
                return page(values, leadingTo: wanted.redirect)
            }
        }
        return page(values, leadingTo: wanted.redirect)
    }

    /// Some browsers hold the redirect after a form to the page's `form-action`, so it names where this one may lead.
    private func page(_ values: [String: Any], leadingTo redirect: String?) -> Response {
        var response = pages.render("end-session", values)
        if let source = redirect.flatMap(PostLogoutRedirect.policySource) {
            response.headers[.contentSecurityPolicy] = EveryAnswer.contentSecurityPolicy(settings, alsoTo: [source])
        }
        return response
    }

    private func alreadyOut(_ wanted: LogoutRequest) -> Response {
        var values: [String: Any] = ["title": "Signed out", "heading": "You are signed out already"]
        guard let place = wanted.place else { return pages.render("signed-out", values) }
        values["next"] = place
        var response = pages.render("signed-out", values)
        response.headers[.refresh] = "3; url=\(place)"
        return response
    }

    /// How far the applications have been told, after some seconds at the most; it is over in any case.
    private func told(of receipt: LogoutReceipt) async -> Deliveries {
        (try? await authority.deliveries(after: receipt.ended, patience: .atMost(Limits.browserPatience)))
            ?? receipt.deliveries
    }

    /// Over to the relying party; but first a page of ours where there is something left to say.
    private func farewell(_ wanted: LogoutRequest, after receipt: LogoutReceipt, told: Deliveries) -> Response {
        var texts = [[receipt.overBy, told.settlesBy].compactMap(\.self).max().flatMap(settlingText)].compactMap(\.self)
        // One that fetches has what it is told when it asks for it; nobody waits for that.
        if told.receivers.contains(where: { $0.state != .done && $0.kind != .eventPoll }) {
            texts.append("An application could not be told yet. It is told as soon as it can be reached.")
        }
        guard !texts.isEmpty else { return .seeOther(wanted.place ?? "/signed-out") }
        var values: [String: Any] = [
            "title": "Signed out", "heading": "You are signed out", "settling_text": texts.joined(separator: " "),
        ]
        if let place = wanted.place { values["next"] = place }
        return pages.render("signed-out", values)
    }

    private enum SignedIn {
        case session(Session)
        /// No session, but a remembered login that would open one.
        case remembered
        case nobody
    }

    /// Who is signed in, looked at without a trace: no activity, and no remembered login that is resumed.
    private func signedIn(_ request: Request) async throws -> SignedIn {
        var found = SignedIn.nobody
        for credential in cookies.credentials(in: request) {
            switch credential {
            case .session(let handle):
                if let session = try await authority.checkSession(handle, countsAsActivity: false) {
                    return .session(session)
                }
            case .remember(let token):
                if try await authority.isRemembered(token) { found = .remembered }
            case .refresh, .access: break
            }
        }
        return found
    }
}
