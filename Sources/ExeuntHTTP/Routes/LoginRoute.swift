internal import Exeunt
internal import HTTPTypes
internal import Hummingbird

extension Surface {
    /// Over to the devices, or to the sign-in.
    @Sendable func home(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        guard let visit = try await visit(request, context) else { return .seeOther("/login") }
        return visit.finish(.seeOther("/account/sessions"))
    }

    @Sendable func loginPage(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        guard signIn != nil else { throw HTTPProblem.notFound("This authority has no sign-in of its own.") }
        let query = try FormFields(query: request.uri.query)
        let returnTo = returns.resolve(query["return_to"])
        if let visit = try await visit(request, context) {
            return visit.finish(.seeOther(returnTo ?? "/account/sessions"))
        }
        return loginPage(email: "", returnTo: returnTo, error: nil, status: .ok)
    }

    /// Signs in with the built-in accounts; each sign-in is a new session, and the browser's old one ends.
    @Sendable func login(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        guard let signIn else { throw HTTPProblem.notFound("This authority has no sign-in of its own.") }
        let form = try await request.form()
        let by = provenance(request, context)
        let returnTo = returns.resolve(form["return_to"])
        let email = form["email"] ?? ""
        do {
            let opened = try await signIn.signIn(
                email: email, password: form["password"] ?? "", remember: form["remember"] == "1",
                device: Device(userAgent: by.userAgent, address: by.address),
                replacing: cookies.handle(in: request), by: by)
            var response = Response.seeOther(returnTo ?? "/account/sessions")
            for cookie in setCookies(of: opened) {
                response.headers.append(HTTPField(name: .setCookie, value: cookie))
            }
            return response
        } catch {
            guard let text = error.signInText else { throw error }
            let problem = HTTPProblem(error)
            var response = loginPage(email: email, returnTo: returnTo, error: text, status: problem.status)
            response.headers[.retryAfter] = problem.headers[.retryAfter]
            return response
        }
    }

    private func loginPage(
        email: String, returnTo: String?, error: String?, status: HTTPResponse.Status
    ) -> Response {
        var context: [String: Any] = [
            "title": "Sign in", "email": email, "remember_days": String(settings.rememberDays),
        ]
        if let returnTo { context["return_to"] = returnTo }
        if let error { context["error"] = error }
        return pages.render("login", context, status: status)
    }
}

extension AuthorityError {
    /// What the sign-in page says of a failure that is the person's to mend: the same for an unknown account as for a wrong
    /// password.
    fileprivate var signInText: String? {
        switch self {
        case .invalidCredential: "The email address and the password do not match."
        case .throttled: "There were too many attempts. Wait a while, then try again."
        case .tooManySessions: "You are signed in on as many devices as are allowed. Sign out on one of them first."
        default: nil
        }
    }
}
