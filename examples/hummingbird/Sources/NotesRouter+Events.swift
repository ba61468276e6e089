import ExeuntHummingbird
import ExeuntVerifier
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

extension NotesRouter {
    private static let heartbeat: Duration = .seconds(15)
    /// For a page that finds too many others waiting; it asks again by itself.
    private static let retryAfterSeconds = 5

    /// Tells an open page that its session is over (server-sent events, WHATWG HTML §9.2).
    ///
    /// The stream lives no longer than the session: the verifier says when that ends, and also when it can vouch for nobody.
    @Sendable func events(_ request: Request, _ context: NotesContext) throws -> Response {
        let identity = try context.requireIdentity()
        let (lines, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(2))
        // Before there is an answer: afterwards nobody could be told that there are too many.
        let registration: EndRegistration
        do throws(TooManyWatchers) {
            registration = try verifier.onEnd(of: identity) { end in
                if end == .ended { continuation.yield("event: signed-out\ndata:\n\n") }
                continuation.finish()
            }
        } catch {
            throw HTTPError(.serviceUnavailable, headers: [.retryAfter: "\(Self.retryAfterSeconds)"])
        }
        // Also when the answer is never written, because the browser has gone.
        continuation.onTermination = { _ in registration.cancel() }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .connection: "close"],
            body: ResponseBody { writer in
                try await request.body.consumeWithInboundCloseHandler { _ in
                    try await Self.write(lines, to: &writer) { continuation.yield(":\n\n") }
                } onInboundClosed: {
                    continuation.finish()
                }
                try await writer.finish(nil)
            })
    }

    private static func write(
        _ lines: AsyncStream<String>, to writer: inout any ResponseBodyWriter, beat: @escaping @Sendable () -> Void
    ) async throws {
        try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while (try? await Task.sleep(for: heartbeat)) != nil { beat() }
            }
            defer { group.cancelAll() }
            for await line in lines.cancelOnGracefulShutdown() { try await writer.write(ByteBuffer(string: line)) }
        }
    }
}
