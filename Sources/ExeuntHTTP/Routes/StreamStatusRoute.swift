internal import Exeunt
internal import HTTPTypes
internal import Hummingbird
internal import Settlement

/// The status and the verification of streams of security events (SSF 1.0 §8.1.2 and §8.1.4).
extension Surface {
    private struct Status: Encodable {
        var streamId: String
        var status: String
        var reason: String?

        init(_ stream: Receiver) {
            streamId = stream.id.description
            status = stream.status.rawValue
            reason = stream.statusReason
        }
    }

    private struct StatusBody: Decodable {
        var stream_id: String
        var status: String
        var reason: String?
    }

    private struct VerificationBody: Decodable {
        var stream_id: String
        var state: String?
    }

    @Sendable func streamStatus(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let client = try await callers.client(request, scope: .streams)
        let text = try FormFields(query: request.uri.query).required("stream_id")
        return JSONResponse.make(Status(try await stream(text, of: client)))
    }

    @Sendable func setStreamStatus(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let client = try await callers.client(request, scope: .streams)
        let body = try await request.json(StatusBody.self)
        guard let status = Receiver.Status(rawValue: body.status) else {
            throw HTTPProblem.badRequest("status is enabled, paused or disabled.")
        }
        let found = try await stream(body.stream_id, of: client)
        let changed = try await granting {
            try await authority.setStatus(
                status, reason: body.reason, of: found.id, of: client,
                by: provenance(request, context, client: client))
        }
        guard let changed else { throw HTTPProblem.streamNotFound }
        return JSONResponse.make(Status(changed))
    }

    /// Has a verification event sent, not more often than the configuration says.
    @Sendable func verifyStream(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let client = try await callers.client(request, scope: .streams)
        let body = try await request.json(VerificationBody.self)
        let found = try await stream(body.stream_id, of: client)
        if let left = verifications.wait(found.id, at: authority.environment.moment()) {
            throw AuthorityError.throttled(retryAfter: left)
        }
        let isThere = try await granting {
            try await authority.verifyStream(
                found.id, of: client, state: body.state, by: provenance(request, context, client: client))
        }
        guard isThere else { throw HTTPProblem.streamNotFound }
        verifications.note(found.id, at: authority.environment.moment())
        return Response(status: .noContent)
    }
}
