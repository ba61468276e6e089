internal import Exeunt
internal import HTTPTypes
internal import Hummingbird

extension Surface {
    @Sendable func accountPage(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let visit = try await requireVisit(request, context)
        return try await accountPage(visit, notice: notice(try FormFields(query: request.uri.query)))
    }

    @Sendable func changePassword(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        try await changeAccount(request, context, shownAt: "password_error", notice: .password) {
            (signIn, form, visit) async throws(AuthorityError) -> SignIn.Changed in
            try await signIn.changePassword(
                of: visit.session, current: form["current_password"] ?? "", new: form["new_password"] ?? "",
                keepingSession: form["keep"] == "1", by: visit.by)
        }
    }

    @Sendable func changeEmail(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        try await changeAccount(request, context, shownAt: "email_error", notice: .email) {
            (signIn, form, visit) async throws(AuthorityError) -> SignIn.Changed in
            try await signIn.changeEmail(
                of: visit.session, currentPassword: form["current_password"] ?? "", email: form["email"] ?? "",
                keepingSession: form["keep"] == "1", by: visit.by)
        }
    }

    @Sendable func reportConcern(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        try await changeAccount(request, context, shownAt: "report_error", notice: nil) {
            (signIn, form, visit) async throws(AuthorityError) -> SignIn.Changed in
            let receipt = try await signIn.reportConcern(
                of: visit.session, password: form["current_password"], by: visit.by)
            return SignIn.Changed(receipt: receipt)
        }
    }

    /// A change that ends sessions: to the account page with a new cookie when this one is kept, else signed out.
    private func changeAccount(
        _ request: Request, _ context: AuthorityRequestContext, shownAt errorKey: String, notice: Notice?,
        _ change: (SignIn, FormFields, BrowserVisit) async throws(AuthorityError) -> SignIn.Changed
    ) async throws -> Response {
        let visit = try await requireVisit(request, context)
        guard let signIn else { throw HTTPProblem.notFound("This account is looked after elsewhere.") }
        let form = try await request.form()
        do {
            let changed = try await change(signIn, form, visit)
            guard let handle = changed.renewedHandle, let notice else {
                let place = notice == nil ? "/signed-out?reason=security_concern" : settings.defaultReturn
                var response = Response.seeOther(page(place, after: changed.receipt))
                clear(&response)
                return response
            }
            var response = Response.seeOther(page("/account?notice=\(notice.rawValue)", after: changed.receipt))
            response.headers.append(HTTPField(name: .setCookie, value: cookies.set(handle)))
            return response
        } catch {
            guard let text = error.accountText else { throw HTTPProblem(notEnded: error) }
            let problem = HTTPProblem(error)
            var response = try await accountPage(
                visit, error: (errorKey, text), newEmail: form["email"],
                status: problem.status == .unauthorized ? .unprocessableContent : problem.status)
            response.headers[.retryAfter] = problem.headers[.retryAfter]
            return response
        }
    }

    private func accountPage(
        _ visit: BrowserVisit, notice: String? = nil, error: (key: String, text: String)? = nil,
        newEmail: String? = nil, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        guard signIn != nil, let account = try await authority.store.account(of: visit.session.subject) else {
            throw HTTPProblem.notFound("This account is looked after elsewhere.")
        }
        var values: [String: Any] = [
            "title": "Your account", "email": account.email, "new_email": newEmail ?? "",
            "password_rule": "At least \(Limits.passwordCharacters) characters. A few unrelated words do well.",
        ]
        if let notice {
            values["notice"] = notice
            values["notice_kind"] = "info"
        }
        if let error { values[error.key] = error.text }
        return pages.render("account", for: visit, as: account.email, values, status: status)
    }
}

extension AuthorityError {
    /// What the account page says of a failure that is the person's to mend.
    fileprivate var accountText: String? {
        switch self {
        case .invalidCredential: "That is not your current password."
        case .throttled: "There were too many attempts. Wait a while, then try again."
        case .invalidArgument(let what): "\(what.prefix(1).uppercased())\(what.dropFirst())."
        case .alreadyExists: "Another account has that address."
        default: nil
        }
    }
}
