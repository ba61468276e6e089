internal import Exeunt
internal import Hummingbird
internal import Settlement

extension Surface {
    /// What is said of a token (RFC 7662 §2.2); only `active` when it is not.
    private struct Answer: Encodable {
        var active: Bool
        var tokenType: String?
        var tokenUse: String?
        var clientId: String?
        var sub: String?
        var iss: String?
        var aud: [String]?
        var exp: Int64?
        var iat: Int64?
        var jti: String?
        var sid: String?
        var authTime: Int64?
    }

    /// Says whether a token is accepted now: an access token, a refresh token, or a session's handle.
    @Sendable func introspect(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let form = try await request.form()
        _ = try await callers.client(request, form: form, scope: .introspect)
        guard let credential = PresentedCredential(try form.required("token")),
            let found = try await authority.introspect(credential)
        else { return JSONResponse.make(Answer(active: false)) }
        return JSONResponse.make(answer(found))
    }

    private func answer(_ found: Authority.Introspection) -> Answer {
        var answer = Answer(active: true)
        answer.tokenUse = found.kind.rawValue
        answer.clientId = found.session.clientID
        answer.sub = found.session.subject.name
        answer.iss = authority.policy.issuer
        answer.exp = found.expiresAt.seconds
        answer.sid = found.session.id.description
        answer.authTime = found.session.authenticatedAt.seconds
        if let payload = found.payload {
            answer.tokenType = "Bearer"
            answer.aud = payload.aud
            answer.iat = payload.iat
            answer.jti = payload.jti
        } else {
            answer.iat = found.session.createdAt.seconds
        }
        return answer
    }
}
