internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// A proxy on this machine that a browser's requests go through: to the hosts of the target file, each with its port, at
/// its pace, and to no other.
final class BrowserGate: Sendable {
    private typealias Channel = NIOAsyncChannel<ByteBuffer, ByteBuffer>
    typealias Server = NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>

    /// What passes through the gate.
    struct Traffic: Hashable, Sendable {
        /// Requests that have no complete answer yet, as streams never have.
        var underWay = 0
        /// When something last began or ended.
        var moved = Duration.zero
        /// Requests by their addresses, without queries.
        var counts: [String: Int] = [:]
        /// Hosts that were asked for and are not admitted.
        var refused: Set<String> = []
    }

    let port: Int
    private let server: Server
    private let wire: Wire
    private let redactor: Redactor
    private let clock: Surroundings
    private let transport = NetworkTransport()
    private let state = Mutex(Traffic())

    /// Listens on a free port.
    static func open(wire: Wire, redactor: Redactor, clock: Surroundings) async throws -> BrowserGate {
        let server: Server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 64)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try Channel(wrappingChannelSynchronously: channel) }
            }
        return BrowserGate(
            server: server, port: server.channel.localAddress?.port ?? 0, wire: wire, redactor: redactor, clock: clock)
    }

    private init(server: Server, port: Int, wire: Wire, redactor: Redactor, clock: Surroundings) {
        (self.server, self.port, self.wire, self.redactor, self.clock) = (server, port, wire, redactor, clock)
    }

    var traffic: Traffic { state.withLock { $0 } }

    /// Lets requests through until the task is cancelled.
    func serve() async {
        try? await server.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections {
                    group.addTask { await self.serve(connection) }
                }
            }
        }
    }

    /// One connection has one request, so that each is looked at and counted.
    private func serve(_ connection: Channel) async {
        // A connection that breaks off is over; there is nobody to tell.
        try? await connection.executeThenClose { inbound, outbound in
            var parts = inbound.makeAsyncIterator()
            var buffer = ByteBuffer()
            while GateRequest.headBytes(in: buffer) == nil {
                guard buffer.readableBytes <= AuditLimits.gateHeadBytes, let part = try await parts.next() else {
                    return
                }
                buffer.writeImmutableBuffer(part)
            }
            let head = buffer.readString(length: GateRequest.headBytes(in: buffer) ?? 0) ?? ""
            guard let request = GateRequest(head: head) else { return try await outbound.write(Self.answer(400)) }
            guard wire.admits(request.address) else {
                state.withLock { _ = $0.refused.insert(request.address.authority) }
                return try await outbound.write(Self.answer(403))
            }
            try await wire.leave(for: WebRequest(request.method, request.address))
            if request.isTunnel { return try await tunnel(request, buffer, &parts, outbound) }
            while buffer.readableBytes < request.length, let part = try await parts.next() {
                buffer.writeImmutableBuffer(part)
            }
            begin(request)
            defer { end() }
            try await pass(request, buffer, outbound)
        }
    }

    private func begin(_ request: GateRequest) {
        state.withLock { state in
            state.underWay += 1
            state.moved = clock.elapsed()
            state.counts[request.address.origin + request.address.path, default: 0] += 1
        }
    }

    private func end() {
        state.withLock { state in
            state.underWay -= 1
            state.moved = clock.elapsed()
        }
    }

    private static func answer(_ status: Int) -> ByteBuffer {
        let reason = HTTPResponseStatus(statusCode: status).reasonPhrase
        return ByteBuffer(string: "HTTP/1.1 \(status) \(reason)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    }

    /// Sends the request on, and gives the browser the answer as it comes.
    private func pass(
        _ request: GateRequest, _ body: ByteBuffer, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws {
        // The length is said anew, by whoever sends the body.
        let headers = request.headers.fields.filter { $0.name.lowercased() != "content-length" }
        let outgoing = WebRequest(
            request.method, request.address, headers: HeaderFields(headers.map { ($0.name, $0.value) }))
        let passed: NetworkTransport.PassedAnswer
        do { passed = try await transport.pass(outgoing, body: Array(body.readableBytesView)) } catch {
            return try await outbound.write(Self.answer(502))
        }
        var head = "HTTP/1.1 \(passed.answer.status) \(passed.reason)\r\n"
        for field in passed.answer.headers.fields
        where !GateRequest.ofOneConnection.contains(field.name.lowercased()) {
            head += "\(field.name): \(field.value)\r\n"
            if field.name.lowercased() == "set-cookie", let set = SetCookie(field.value) {
                redactor.learn(set.value, as: "cookie \(set.name)")
            }
        }
        // Without a length an answer ends with its connection (RFC 9112 §6.3).
        try await outbound.write(ByteBuffer(string: head + "Connection: close\r\n\r\n"))
        for try await piece in passed.pieces { try await outbound.write(ByteBuffer(bytes: piece)) }
    }

    /// Connects the browser with the other side, for https and for WebSockets.
    private func tunnel(
        _ request: GateRequest, _ early: ByteBuffer,
        _ parts: inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws {
        let other: Channel
        do {
            other = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(5))
                .connect(host: request.address.plainHost, port: request.address.port) { channel in
                    channel.eventLoop.makeCompletedFuture { try Channel(wrappingChannelSynchronously: channel) }
                }
        } catch {
            return try await outbound.write(Self.answer(502))
        }
        var iterator = parts
        try await other.executeThenClose { answers, requests in
            try await outbound.write(ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n"))
            if early.readableBytes > 0 { try await requests.write(early) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for try await part in answers {
                        self.move()
                        try await outbound.write(part)
                    }
                    outbound.finish()
                }
                while let part = try await iterator.next() {
                    move()
                    try await requests.write(part)
                }
                group.cancelAll()
            }
        }
    }

    private func move() { state.withLock { $0.moved = clock.elapsed() } }
}
