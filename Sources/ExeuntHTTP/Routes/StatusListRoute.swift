internal import Exeunt
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension Surface {
    /// A status list (draft-ietf-oauth-status-list §8.1), for anybody: it tells of numbers, and whose they are nobody can see.
    @Sendable func statusList(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        guard authority.policy.hasStatusLists, let text = context.parameters.get("number"), let number = UInt64(text),
            String(number) == text, let token = try await statusLists.token(number)
        else { throw HTTPProblem.notFound("There is no such status list.") }
        // Not to be used again unasked: the time that it may be kept is in it, and counts from when it was made.
        let headers: HTTPFields = [.eTag: token.tag, .cacheControl: "public, no-cache"]
        if request.headers[.ifNoneMatch] == token.tag { return Response(status: .notModified, headers: headers) }
        return JSONResponse.text(
            ByteBuffer(string: token.text), type: "application/statuslist+jwt", headers: headers)
    }
}
