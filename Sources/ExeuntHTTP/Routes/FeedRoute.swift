internal import Exeunt
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
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
        return JSONResponse.text(answer.json)
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

extension FeedAnswer {
    /// The answer as verifiers read it; written by hand, since a hundred of them may ask at once for a thousand records.
    fileprivate var json: ByteBuffer {
        var body = ByteBuffer()
        body.reserveCapacity(200 + 100 * revocations.count)
        body.writeString(#"{"node":"#)
        body.writeJSON(node)
        body.writeString(#","after":\#(after),"head":\#(through),"snapshot":\#(after == 0),"keys_version":"#)
        body.writeJSON(keysVersion)
        body.writeString(#","lease_ms":\#(leaseMilliseconds),"revocations":["#)
        for (index, revocation) in revocations.enumerated() {
            body.writeString(index == 0 ? "{" : ",{")
            revocation.write(to: &body)
            body.writeString("}")
        }
        body.writeString("]}")
        return body
    }
}

extension Revocation {
    fileprivate func write(to body: inout ByteBuffer) {
        body.writeString(#""seq":\#(seq),"#)
        switch target {
        case .token(let id):
            body.writeString(#""kind":"token","id":"#)
            body.writeJSON(id)
        case .session(let id):
            body.writeString(#""kind":"session","id":"#)
            body.writeJSON(id)
        case .subject(let subject, let version, let except):
            body.writeString(#""kind":"subject","subject":"#)
            body.writeJSON(subject)
            body.writeString(#","version":\#(version)"#)
            if let except {
                body.writeString(#","except":"#)
                body.writeJSON(except)
            }
        case .all(let epoch):
            body.writeString(#""kind":"all","version":\#(epoch)"#)
        }
        // Seconds since 1970 (NumericDate, RFC 7519 §2), rounded up.
        body.writeString(#","until":\#((until + 999) / 1000)"#)
    }
}
