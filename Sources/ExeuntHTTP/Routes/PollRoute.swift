internal import Exeunt
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Settlement

/// Where receivers fetch their events (RFC 8936 §2).
extension Surface {
    private struct PollBody: Decodable {
        struct Fault: Decodable {
            var err: String
            var description: String?

            var text: String { description.map { "\(err): \($0)" } ?? err }
        }

        var maxEvents: Int?
        var returnImmediately: Bool?
        var ack: [String]?
        var setErrs: [String: Fault]?
    }

    @Sendable func pollStream(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let client = try await callers.client(request, scope: .streams)
        let found = try await stream(context.parameters.get("stream") ?? "", of: client)
        guard found.kind == .eventPoll else { throw HTTPProblem.streamNotFound }
        let body = try await request.json(PollBody.self)
        guard body.maxEvents ?? 0 >= 0 else { throw HTTPProblem.badRequest("maxEvents is 0 or more.") }
        let poll = StreamPoll(
            most: body.maxEvents, returnsImmediately: body.returnImmediately ?? false,
            acknowledged: Set(body.ack ?? []),
            refused: (body.setErrs ?? [:]).mapValues { $0.text.clipped(toBytes: 300) })
        guard let answer = try await polls.answer(poll, of: found) else { throw HTTPProblem.streamNotFound }
        return JSONResponse.text(json(answer))
    }

    /// By hand, because its members are not in snake_case as ours are.
    private func json(_ answer: StreamPollAnswer) -> ByteBuffer {
        var body = ByteBuffer(string: #"{"sets":{"#)
        for (index, event) in answer.events.enumerated() {
            if index > 0 { body.writeString(",") }
            body.writeJSON(event.name)
            body.writeString(":")
            body.writeJSON(event.token)
        }
        body.writeString(#"},"moreAvailable":\#(answer.isMoreAvailable)}"#)
        return body
    }
}
