internal import Exeunt
internal import HTTPTypes
internal import Hummingbird
internal import Settlement

extension Surface {
    /// What a verifier asks: everything after what it has applied, which it acknowledges by asking; and a lease.
    @Sendable func feed(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let client = try await callers.client(request, scope: .feed)
        let query = try FormFields(query: request.uri.query)
        guard let verifier = Identifier(try query.required("verifier")) else {
            throw HTTPProblem.badRequest("verifier is 22 characters of base64url.")
        }
        let poll = FeedPoll(
            follower: verifier, node: try node(in: query), after: try number("after", in: query) ?? 0,
            leaseMilliseconds: try number("lease", in: query).map(Int64.init(clamping:)))
        let wait = Int64(clamping: try number("wait", in: query) ?? 0)
        let answer = try await followers.answer(poll, of: client.id, wait: .milliseconds(min(wait, 1 << 40)))
        return JSONResponse.text(feedTexts.text(of: answer))
    }

    /// Takes the lease of a verifier back that has stopped answering from memory.
    @Sendable func handBack(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let client = try await callers.client(request, scope: .feed)
        guard let verifier = context.parameters.get("verifier").flatMap({ Identifier($0) }) else {
            throw HTTPProblem.badRequest("verifier is 22 characters of base64url.")
        }
        followers.handBack(verifier, of: client.id)
        return Response(status: .noContent)
    }

    private func node(in query: FormFields) throws -> Identifier? {
        guard let text = query["node"] else { return nil }
        guard let node = Identifier(text) else {
            throw HTTPProblem.badRequest("node is 22 characters of base64url, as the last answer had it.")
        }
        return node
    }

    private func number(_ name: String, in query: FormFields) throws -> UInt64? {
        guard let text = query[name] else { return nil }
        guard let number = UInt64(text) else { throw HTTPProblem.badRequest("\(name) is a whole number.") }
        return number
    }
}
