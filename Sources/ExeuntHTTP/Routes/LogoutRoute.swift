internal import Exeunt
internal import HTTPTypes
internal import Hummingbird

extension Surface {
    private struct SignedOut: Encodable {
        var signedOut = true
        var returnTo: String
        var settled: Bool
        var settlesBy: String?
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
        let receipt: LogoutReceipt
        do {
            receipt = try await patiently.logout(
                cookies.credentials(in: request), scope: scope, by: provenance(request, context))
        } catch {
            var problem = HTTPProblem(notEnded: error)
            problem.retryScope = scope
            throw problem
        }
        let staysIn = scope == .others
        let own = staysIn ? "/account/sessions" : "/signed-out"
        let wanted = returns.resolve(form["return_to"]) ?? (staysIn ? own : settings.defaultReturn)
        // Elsewhere nobody would say that it is not settled; so our own page comes first, and the rest of the way is a link.
        let place = receipt.overBy == nil ? wanted : page(own, after: receipt, thenTo: wanted == own ? nil : wanted)
        var response =
            request.prefersJSON
            ? JSONResponse.make(
                SignedOut(returnTo: place, settled: receipt.overBy == nil, settlesBy: receipt.overBy?.rfc3339))
            : Response.seeOther(place)
        if !staysIn { clear(&response) }
        return response
    }

    @Sendable func signedOutPage(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let query = try FormFields(query: request.uri.query)
        var values: [String: Any] = ["title": "Signed out", "heading": "You are signed out"]
        if let reason = query["reason"].flatMap(EndingReason.init(rawValue:)) {
            values["reason_text"] = reason.explanation
        }
        if let text = settlingText(query) { values["settling_text"] = text }
        if let next = returns.resolve(query["return_to"]) { values["next"] = next }
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
        case .storeUnavailable, .storeIsBehind, .overloaded:
            title = "The sign-out could not be written down"
            detail = "Nothing was ended: the session and its tokens are still live. Try again in a moment."
            stillLive = true
        case .storeUndecided:
            title = "Nobody can say now whether the sign-out was written down"
            detail = "It may take effect in a moment, or not. Try again: what is over stays over."
        default: break
        }
    }
}
