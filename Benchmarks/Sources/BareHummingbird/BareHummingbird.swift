import BareAnswer
import Hummingbird
import Logging
import NIOCore

/// What Hummingbird costs by itself: a route for each kind of check, one answer in JSON that is ready beforehand, nothing else.
@main
struct BareHummingbird {
    static func main() async throws {
        let router = Router()
        let body = ByteBuffer(string: BareAnswer.json)
        let answer = Response(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: body))
        router.get("/session") { _, _ in answer }
        router.post("/introspect") { request, _ in
            _ = try await request.body.collect(upTo: 65_536)
            return answer
        }
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { BareAnswer.sayReady(port: $0.localAddress?.port ?? 0) },
            logger: Logger(label: "bare-hummingbird") { StreamLogHandler.standardError(label: $0) })
        try await application.runService()
    }
}
