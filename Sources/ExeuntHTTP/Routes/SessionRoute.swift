internal import Exeunt
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Settlement

extension Surface {
    /// Whether this browser is signed in: what a page asks that comes back from the back/forward cache.
    ///
    /// Asking is no activity.
    @Sendable func sessionStatus(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        guard let session = try await quietSession(request) else {
            return JSONResponse.text(ByteBuffer(string: #"{"signed_in":false}"#))
        }
        // Written by hand, since every request of every page may ask it. A subject has no control characters.
        var body = ByteBuffer()
        body.writeString(#"{"session_id":"#)
        body.writeJSON(session.id)
        body.writeString(#","signed_in":true,"subject":"#)
        body.writeJSON(session.subject.name)
        body.writeString("}")
        return JSONResponse.text(body)
    }

    /// Server-sent events (WHATWG HTML §9.2): `signed-out` with the reason when this session ends, and then the end.
    @Sendable func sessionEvents(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        guard let session = try await quietSession(request) else {
            throw HTTPProblem(.unauthorized, "not-signed-in", "You are not signed in")
        }
        if request.method == .head { return Response(status: .ok, headers: [.contentType: "text/event-stream"]) }
        let events = try revocations.watch(session)
        // What ended before the watch began is not told by it.
        guard try await authority.store.session(session.id, at: authority.environment.now()) != nil else {
            throw HTTPProblem(.unauthorized, "not-signed-in", "You are not signed in")
        }
        return Response(
            // To hear of the browser going away takes the connection's reading side, so no other request can follow on it.
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .connection: "close"],
            body: ResponseBody { writer in
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await write(events, to: &writer)
                }
                try await writer.finish(nil)
            })
    }

    private func write(
        _ events: AsyncStream<RevocationFeed.Event>, to writer: inout any ResponseBodyWriter
    ) async throws {
        try await writer.write(ByteBuffer(string: "retry: \(HTTPLimits.reconnectMilliseconds)\n\n"))
        for await event in events {
            switch event {
            case .stillLive: try await writer.write(ByteBuffer(string: ":\n\n"))
            case .ended(let reason):
                try await writer.write(
                    ByteBuffer(string: "event: signed-out\ndata: {\"reason\":\"\(reason.rawValue)\"}\n\n"))
            }
        }
    }

    /// The session of a request's cookie, without counting as activity and without resuming a login.
    private func quietSession(_ request: Request) async throws -> Session? {
        guard let handle = cookies.handle(in: request) else { return nil }
        return try await authority.checkSession(handle, countsAsActivity: false)
    }
}
