import BareAnswer
import Hummingbird
import Logging
import NIOCore
import NIOPosix

/// What Hummingbird costs by itself: a route for each kind of check, one answer in JSON that is ready beforehand; and the
/// bare fan-out of a sign-out.
@main
struct BareHummingbird {
    static func main() async throws {
        let router = Router()
        addChecks(to: router)
        let feed = HeldFeed()
        addFeed(feed, to: router)
        MultiThreadedEventLoopGroup.singleton.any()
            .scheduleRepeatedTask(initialDelay: .milliseconds(100), delay: .milliseconds(100)) { _ in feed.look() }
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { BareAnswer.sayReady(port: $0.localAddress?.port ?? 0) },
            logger: Logger(label: "bare-hummingbird") { StreamLogHandler.standardError(label: $0) })
        try await application.runService()
    }

    private static func addChecks(to router: Router<BasicRequestContext>) {
        let answer = json(BareAnswer.json)
        router.get("/session") { _, _ in answer }
        router.post("/introspect") { request, _ in
            _ = try await request.body.collect(upTo: 65_536)
            return answer
        }
    }

    private static func addFeed(_ feed: HeldFeed, to router: Router<BasicRequestContext>) {
        router.get("/followers") { _, _ in json("\(feed.followers)") }
        router.get("/v1/feed") { request, _ in
            let query = request.uri.queryParameters
            let after = try query.require("after", as: UInt64.self)
            let wait = TimeAmount.milliseconds(try query.require("wait", as: Int64.self))
            let head = await feed.head(after: after, wait: wait, isNew: query["node"] == nil)
            return json(BareAnswer.feed(after: after, head: head))
        }
        router.post("/v1/logout") { request, _ in
            _ = try await request.body.collect(upTo: 65_536)
            return await feed.end() ? json(BareAnswer.receipt) : Response(status: .conflict)
        }
    }

    private static func json(_ text: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
