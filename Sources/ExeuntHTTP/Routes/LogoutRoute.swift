internal import Exeunt
internal import HTTPTypes
internal import Hummingbird

extension Surface {
    private struct SignedOut: Encodable {
        var signedOut = true
        var returnTo: String
    }

    /// Signs a browser out.
    ///
    /// Without a live session there is nothing to end, and the answer is the same.
    ///
    /// When the store cannot end it, nothing is claimed: the cookies stay, so that it can be tried again.
    @Sendable func logout(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let form = try await request.form()
        guard let scope = LogoutScope(rawValue: form["scope"] ?? LogoutScope.current.rawValue) else {
            throw HTTPProblem.badRequest("scope is current, others or everywhere.")
        }
        do {
            _ = try await authority.logout(
                cookies.credentials(in: request), scope: scope, by: provenance(request, context))
        } catch {
            var problem = HTTPProblem(notEnded: error)
            problem.retryScope = scope
            throw problem
        }
        let staysIn = scope == .others
        let place = returns.resolve(form["return_to"]) ?? (staysIn ? "/account/sessions" : settings.defaultReturn)
        var response =
            request.prefersJSON ? JSONResponse.make(SignedOut(returnTo: place)) : Response.seeOther(place)
        if !staysIn { clear(&response) }
        return response
    }

    @Sendable func signedOutPage(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let reason = try FormFields(query: request.uri.query)["reason"].flatMap(EndingReason.init(rawValue:))
        var values: [String: Any] = ["title": "Signed out", "heading": "You are signed out"]
        if let reason { values["reason_text"] = reason.explanation }
        return pages.render("signed-out", values)
    }

    /// Deletes our cookies, and after that what pages have stored (W3C Clear Site Data §3).
    ///
    /// Not `"cookies"`: it takes those of neighbours on the same registrable domain along.
    func clear(_ response: inout Response) {
        for cookie in cookies.deletions { response.headers.append(HTTPField(name: .setCookie, value: cookie)) }
        response.headers[.clearSiteData] = settings.clearsCache ? #""cache", "storage""# : #""storage""#
    }
}

extension HTTPProblem {
    /// A failure to end something, which says that it is still live.
    init(notEnded error: AuthorityError) {
        self.init(error)
        switch error {
        case .storeUnavailable, .overloaded:
            title = "The sign-out could not be written down"
            detail = "Nothing was ended: the session and its tokens are still live. Try again in a moment."
            stillLive = true
        default: break
        }
    }
}
