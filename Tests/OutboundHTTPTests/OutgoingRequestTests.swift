import Exeunt
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Testing

@testable import OutboundHTTP

/// Against a server of our own on this machine's loopback, which an operator has allowed.
struct OutgoingRequestTests {
    private static let loopback = AddressBlock("127.0.0.0/8").map { [$0] } ?? []

    private static func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.post("/echo") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 16)
            let told = request.headers[HTTPField.Name("X-Told") ?? .accept] ?? ""
            return Response(
                status: .accepted, headers: [HTTPField.Name("X-Told") ?? .accept: told], body: .init(byteBuffer: body))
        }
        router.get("/away") { _, _ in Response(status: .found, headers: [.location: "http://127.0.0.1:1/inside"]) }
        router.get("/large") { _, _ in
            Response(status: .ok, body: .init(byteBuffer: ByteBuffer(repeating: 0x41, count: 300_000)))
        }
        router.get("/never") { _, _ -> Response in
            try await Task.sleep(for: .seconds(3600))
            return Response(status: .ok)
        }
        return router
    }

    /// Runs a server and gives its port.
    private func withServer(_ use: @escaping @Sendable (Int) async throws -> Void) async throws {
        let (ports, told) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var logger = Logger(label: "test")
                logger.logLevel = .critical
                let server = Application(
                    router: Self.router(), configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                    onServerRunning: { channel in told.yield(channel.localAddress?.port ?? 0) }, logger: logger)
                try await ServiceGroup(configuration: .init(services: [server], logger: logger)).run()
            }
            let port = try #require(await ports.first { _ in true })
            try await use(port)
            group.cancelAll()
        }
    }

    private func failure(
        _ out: OutboundHTTP, _ request: OutgoingRequest
    ) async -> OutgoingFailure? {
        do {
            _ = try await out.send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a request goes out and its answer comes back whole`() async throws {
        try await withServer { port in
            let out = try OutboundHTTP(WayOut(allowing: Self.loopback))
            let answer = try await out.send(
                OutgoingRequest(
                    .post, "http://localhost:\(port)/echo", headers: [("X-Told", "yes")], body: Array("hello".utf8)))
            #expect(answer.status == 202)
            #expect(answer.headers["x-told"] == "yes")
            #expect(answer.body == Array("hello".utf8))
            await out.close()
        }
    }

    @Test func `of a name's addresses the next is tried where one takes no connection`() async throws {
        try await withServer { port in
            let names = NameResolver { $0 == "both.test" ? ["127.0.0.3", "::1", "127.0.0.1"] : ["127.0.0.3"] }
            let out = try OutboundHTTP(
                WayOut(allowing: Self.loopback + [try #require(AddressBlock("::1"))]), clock: ContinuousClock(),
                names: names)
            let answer = try await out.send(OutgoingRequest(.post, "http://both.test:\(port)/echo"))
            #expect(answer.status == 202)
            let nobody = await failure(out, OutgoingRequest(.post, "http://nobody.test:\(port)/echo"))
            #expect(nobody == .unreachable("nobody.test (127.0.0.3) takes no connection: Connection refused"))
            await out.close()
        }
    }

    @Test func `a name that leads inside is refused before anything is sent`() async throws {
        try await withServer { port in
            let out = try OutboundHTTP(WayOut(allowing: []))
            for host in ["localhost", "127.0.0.1", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:127.0.0.1]"] {
                for scheme in ["http", "https"] {
                    let met = await failure(out, OutgoingRequest(.get, "\(scheme)://\(host):\(port)/away"))
                    guard case .refused(let why)? = met else {
                        Issue.record("\(scheme)://\(host): \(String(describing: met))")
                        continue
                    }
                    #expect(why.contains("outgoing.allow"))
                }
            }
            await out.close()
        }
    }

    @Test func `a redirect is an answer and is not followed`() async throws {
        try await withServer { port in
            let out = try OutboundHTTP(WayOut(allowing: Self.loopback))
            let answer = try await out.send(OutgoingRequest(.get, "http://127.0.0.1:\(port)/away"))
            #expect(answer.status == 302)
            await out.close()
        }
    }

    @Test func `an answer that is too large and one that never comes are failures`() async throws {
        try await withServer { port in
            let out = try OutboundHTTP(WayOut(allowing: Self.loopback))
            let large = await failure(out, OutgoingRequest(.get, "http://127.0.0.1:\(port)/large"))
            guard case .unusable? = large else {
                Issue.record("\(String(describing: large))")
                return
            }
            let never = await failure(
                out, OutgoingRequest(.get, "http://127.0.0.1:\(port)/never", timeout: .milliseconds(50)))
            guard case .unreachable? = never else {
                Issue.record("\(String(describing: never))")
                return
            }
            await out.close()
        }
    }

    @Test func `nobody at a port, no such host and a closed way out are unreachable`() async throws {
        let out = try OutboundHTTP(WayOut(allowing: Self.loopback))
        for url in ["http://127.0.0.1:1/", "https://no-such-host.invalid/"] {
            let met = await failure(out, OutgoingRequest(.get, url))
            guard case .unreachable? = met else {
                Issue.record("\(url): \(String(describing: met))")
                return
            }
        }
        await out.close()
        let met = await failure(out, OutgoingRequest(.get, "http://127.0.0.1:1/"))
        guard case .unreachable? = met else {
            Issue.record("\(String(describing: met))")
            return
        }
    }

    @Test func `a header with a line in it is refused`() async throws {
        let out = try OutboundHTTP(WayOut(allowing: Self.loopback))
        let met = await failure(
            out, OutgoingRequest(.get, "http://127.0.0.1:1/", headers: [("Authorization", "a\r\nHost: b")]))
        guard case .refused? = met else {
            Issue.record("\(String(describing: met))")
            return
        }
        await out.close()
    }

    @Test func `an address inside can be seen to be refused when it is registered`() throws {
        let out = try OutboundHTTP(WayOut(allowing: []))
        #expect(throws: OutgoingFailure.self) { try out.admit("https://10.0.0.1/hook") }
        #expect(throws: OutgoingFailure.self) { try out.admit("http://9.9.9.9/hook") }
        try out.admit("https://shop.example/hook")
        try out.admit("https://9.9.9.9/hook")
    }
}
