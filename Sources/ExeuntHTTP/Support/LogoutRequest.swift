internal import Exeunt
internal import HTTPTypes
internal import Hummingbird

/// A sign-out that a relying party asks for (OpenID Connect RP-Initiated Logout 1.0 §2), with what it names found to be right.
struct LogoutRequest: Sendable {
    /// The field that only our own page's form has; that it comes from there is checked besides.
    static let confirmation = "confirmed"

    var client: Client?
    var hint: IDTokenHint?
    /// Registered for the client, to the letter.
    var redirect: String?
    var state: String?

    /// Where to lead after the sign-out.
    var place: String? { redirect.map { PostLogoutRedirect.address($0, state: state) } }
}

extension Surface {
    /// What a relying party asks for.
    ///
    /// Throws a 400, upon which nothing is ended and nobody is led anywhere: for a client that there is none of, a hint that is no
    /// ID token of a provider of ours, two of them that disagree, and a place that is not the client's.
    func logoutRequest(_ form: FormFields) async throws -> LogoutRequest {
        var wanted = LogoutRequest()
        let hint = try await form.given("id_token_hint").asyncMap { try await idTokenHint($0) }
        wanted.hint = hint?.hint
        if let id = form.given("client_id") {
            guard let client = try await authority.store.client(id) else {
                throw Self.unusable("the client is not known")
            }
            if let hint, !hint.isMeant(for: id) { throw Self.unusable("the ID token is not the client's") }
            wanted.client = client
        } else if let hint {
            for id in hint.hint.audience where wanted.client == nil {
                wanted.client = try await authority.store.client(id)
            }
        }
        wanted.state = form.given("state")
        guard wanted.state?.utf8.count ?? 0 <= HTTPLimits.returnBytes else {
            throw Self.unusable("the state is too long")
        }
        guard let redirect = form.given("post_logout_redirect_uri") else { return wanted }
        guard let client = wanted.client else {
            throw Self.unusable("it names a place to go on to, and nobody whose place it could be")
        }
        guard client.postLogoutRedirectURIs.contains(redirect) else {
            throw Self.unusable("the place to go on to is not registered for \(client.name)")
        }
        wanted.redirect = redirect
        return wanted
    }

    private struct ReadHint {
        var hint: IDTokenHint
        /// Who we are at the provider.
        var own: String?

        func isMeant(for client: String) -> Bool {
            hint.audience.contains(client) || own.map(hint.audience.contains) ?? false
        }
    }

    private func idTokenHint(_ text: String) async throws -> ReadHint {
        guard let hint = try await authority.readIDTokenHint(text) else {
            throw Self.unusable("the ID token is not one of a provider that is known here")
        }
        return ReadHint(hint: hint, own: try await authority.store.provider(hint.issuer)?.audience)
    }

    private static func unusable(_ why: String) -> HTTPProblem {
        HTTPProblem(
            .badRequest, "bad-logout-request", "The application's request cannot be used",
            detail: "Nothing was ended: \(why). You can still sign out by yourself.")
    }
}

extension FormFields {
    /// The value of a field, unless it is empty.
    fileprivate func given(_ name: String) -> String? { self[name].flatMap { $0.isEmpty ? nil : $0 } }
}

extension Optional {
    fileprivate func asyncMap<Mapped>(_ map: (Wrapped) async throws -> Mapped) async throws -> Mapped? {
        guard let self else { return nil }
        return try await map(self)
    }
}

extension Request {
    /// Whether a browser has sent every cookie of ours that it has: those with `SameSite=Lax` come from our own pages, and from
    /// elsewhere only when the person goes over to us (RFC 6265bis §5.6.7.1).
    func bringsEveryCookie(_ publicURL: PublicURL) -> Bool {
        if isPrefetch { return false }
        if isFromOwnPage(publicURL) { return true }
        return headers[.secFetchMode] == "navigate" && headers[.secFetchDest] == "document"
    }
}

extension HTTPField.Name {
    static let secFetchMode = fieldName("Sec-Fetch-Mode")
    static let secFetchDest = fieldName("Sec-Fetch-Dest")
    static let refresh = fieldName("Refresh")
}
