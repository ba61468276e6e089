internal import Exeunt
internal import HTTPTypes
internal import Hummingbird
internal import Settlement

/// The configuration endpoint of streams of security events (SSF 1.0 §8.1.1).
extension Surface {
    @Sendable func createStream(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let client = try await callers.client(request, scope: .streams)
        let body = try await request.json(StreamBody.self)
        guard body.stream_id == nil else { throw HTTPProblem.badRequest("stream_id is for us to give.") }
        let wish = try body.wish(pollingAt: nil)
        let stream = try await granting {
            try await authority.openStream(
                wish, for: client, through: outgoing, by: provenance(request, context, client: client))
        }
        return JSONResponse.make(configuration(of: stream), status: .created)
    }

    /// One of the client's streams, or all of them.
    @Sendable func readStreams(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let client = try await callers.client(request, scope: .streams)
        let query = try FormFields(query: request.uri.query)
        guard let text = query["stream_id"] else {
            return JSONResponse.make(try await authority.streams(of: client).map(configuration))
        }
        return JSONResponse.make(configuration(of: try await stream(text, of: client)))
    }

    @Sendable func updateStream(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        try await changeStream(request, context, isWhole: false)
    }

    @Sendable func replaceStream(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        try await changeStream(request, context, isWhole: true)
    }

    @Sendable func deleteStream(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let client = try await callers.client(request, scope: .streams)
        let text = try FormFields(query: request.uri.query).required("stream_id")
        guard let id = Identifier(text),
            try await authority.closeStream(id, of: client, by: provenance(request, context, client: client))
        else { throw HTTPProblem.streamNotFound }
        return Response(status: .noContent)
    }

    private func changeStream(
        _ request: Request, _ context: AuthorityRequestContext, isWhole: Bool
    ) async throws -> Response {
        let client = try await callers.client(request, scope: .streams)
        let body = try await request.json(StreamBody.self)
        guard let text = body.stream_id else { throw HTTPProblem.badRequest("stream_id is missing.") }
        let found = try await stream(text, of: client)
        try body.check(against: configuration(of: found))
        let wish = try body.wish(pollingAt: pollAddress(of: found))
        let changed = try await granting {
            try await authority.changeStream(
                found.id, of: client, to: wish, isWhole: isWhole, through: outgoing,
                by: provenance(request, context, client: client))
        }
        guard let changed else { throw HTTPProblem.streamNotFound }
        return JSONResponse.make(configuration(of: changed))
    }

    // MARK: Parts

    /// One of the client's streams; throws a 404 for one that it does not have.
    func stream(_ text: String, of client: Client) async throws -> Receiver {
        guard let id = Identifier(text), let stream = try await authority.stream(id, of: client) else {
            throw HTTPProblem.streamNotFound
        }
        return stream
    }

    /// What is not granted is a 400 here (SSF 1.0 §8.1.1).
    func granting<Result>(_ act: () async throws -> Result) async throws -> Result {
        do {
            return try await act()
        } catch AuthorityError.invalidArgument(let what) {
            throw HTTPProblem.badRequest(what + ".")
        }
    }

    func configuration(of stream: Receiver) -> StreamConfiguration {
        StreamConfiguration(
            streamId: stream.id.description, iss: authority.policy.issuer, aud: stream.clientID,
            eventsSupported: StreamTerms.supported,
            eventsRequested: stream.eventsRequested.isEmpty ? nil : stream.eventsRequested,
            eventsDelivered: stream.eventsDelivered,
            delivery: .init(
                method: stream.kind == .eventPush ? StreamTerms.push : StreamTerms.poll,
                endpointUrl: stream.endpoint ?? pollAddress(of: stream)),
            description: stream.note)
    }

    private func pollAddress(of stream: Receiver) -> String {
        "\(authority.policy.issuer)/ssf/poll/\(stream.id)"
    }
}

extension HTTPProblem {
    static let streamNotFound = HTTPProblem(.notFound, "stream-not-found", "The client has no such stream")
}
