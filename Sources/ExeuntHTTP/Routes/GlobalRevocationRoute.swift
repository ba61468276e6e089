internal import Exeunt
internal import HTTPTypes
internal import Hummingbird

extension Surface {
    private struct GlobalRevocationBody: Decodable {
        var sub_id: SubjectIdentifier
    }

    /// Ends all that a subject has, remembered logins too, because somebody else asks for it: an identity provider or
    /// whoever handles incidents (Global Token Revocation, draft-parecki-oauth-global-token-revocation §3).
    ///
    /// 204 says that nothing accepts any of it any more.
    @Sendable func revokeGlobally(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let client = try await callers.client(request, scope: .sessions)
        let body = try await request.json(GlobalRevocationBody.self)
        let receipt = try await ending(by: client, request, context) { authority, by throws(AuthorityError) in
            guard let subject = try await authority.subject(named: body.sub_id) else { throw .subjectNotFound }
            return try await authority.endSessions(of: subject, because: .securityConcern, by: by)
        }
        return receipt.settled
            ? Response(status: .noContent, headers: preferenceApplied(request)) : answer(receipt, to: request)
    }
}
