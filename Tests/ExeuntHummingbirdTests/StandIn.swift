import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import Synchronization

/// An authority's `POST /token` over real HTTP, which counts what it is asked.
final class StandIn: Sendable {
    struct State: Sendable {
        var exchanges: [String] = []
        /// Exchanges are done and their answers held while this is set.
        var holds = false
        var status = HTTPResponse.Status.ok
        var body = ""
        var jwks = #"{"keys":[]}"#
    }

    let state = Mutex(State())

    /// The refresh tokens that were exchanged.
    var exchanges: [String] { state.withLock { $0.exchanges } }

    func change(_ change: @Sendable (inout State) -> Void) { state.withLock { change(&$0) } }

    /// Returns when something is so; a test that waits in vain is stopped by the run.
    func until(_ isSo: @Sendable (State) -> Bool) async throws {
        while !state.withLock({ isSo($0) }) { try await Task.sleep(for: .milliseconds(2)) }
    }

    /// Serves on a free port of this machine for as long as `body` runs.
    func serve(_ body: @escaping @Sendable (_ url: String) async throws -> Void) async throws {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router(), configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { continuation.yield($0.localAddress?.port ?? 0) }, logger: HeardLog().logger)
        let group = ServiceGroup(configuration: .init(services: [application], logger: HeardLog().logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await port in ports {
                defer { change { $0.holds = false } }
                do {
                    try await body("http://127.0.0.1:\(port)")
                } catch {
                    tasks.cancelAll()
                    throw error
                }
                break
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.post("/token") { request, context in
            struct Form: Decodable { var refresh_token: String }
            let form = try await URLEncodedFormDecoder().decode(Form.self, from: request, context: context)
            self.change { $0.exchanges.append(form.refresh_token) }
            try await self.until { !$0.holds }
            let (status, body) = self.state.withLock { ($0.status, $0.body) }
            return Self.json(body, status)
        }
        router.get("/.well-known/jwks.json") { _, _ in Self.json(self.state.withLock { $0.jwks }) }
        return router
    }

    private static func json(_ text: String, _ status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
