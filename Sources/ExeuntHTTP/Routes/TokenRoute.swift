internal import Exeunt
internal import HTTPTypes
internal import Hummingbird

extension Surface {
    private struct Tokens: Encodable {
        var accessToken: String
        var tokenType = "Bearer"
        var expiresIn: Int64
        var refreshToken: String
    }

    /// Exchanges a refresh token (RFC 6749 §6).
    @Sendable func token(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let form = try await request.form()
        let client = try await callers.client(request, form: form)
        guard try form.required("grant_type") == "refresh_token" else {
            throw HTTPProblem(
                .badRequest, "unsupported-grant", "The grant type is not supported",
                detail: "grant_type is refresh_token.", oauthError: "unsupported_grant_type")
        }
        guard let token = RotatingToken(presented: try form.required("refresh_token")) else {
            throw AuthorityError.invalidCredential
        }
        let tokens = try await authority.rotateRefreshToken(
            token, clientID: client.id, by: provenance(request, context, client: client))
        return JSONResponse.make(
            Tokens(
                accessToken: tokens.accessToken.revealed, expiresIn: tokens.accessToken.expiresInSeconds,
                refreshToken: tokens.refreshToken.revealed))
    }

    /// Revokes a token (RFC 7009 §2): the same empty 200 whether there was something to revoke or not.
    ///
    /// `token_type_hint` is not needed, since each of our tokens says what it is, and a wrong one misleads nobody.
    @Sendable func revoke(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let form = try await request.form()
        let client = try await callers.client(request, form: form)
        if let credential = PresentedCredential(try form.required("token")) {
            try await authority.revoke(
                credential, clientID: client.id, by: provenance(request, context, client: client))
        }
        return Response(status: .ok)
    }

    /// Who a client's request is by, for the audit trail.
    func provenance(_ request: Request, _ context: AuthorityRequestContext, client: Client) -> Provenance {
        var by = provenance(request, context)
        by.actor = .client(client.id)
        return by
    }
}
