internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import NIOWebSocket

/// Opens a WebSocket, says something there and hears what it says.
enum WebSocketConnection {
    private enum Upgrade: Sendable {
        case opened(NIOAsyncChannel<WebSocketFrame, WebSocketFrame>)
        case refused
    }

    /// Returns when the other side has closed it, or the task is cancelled.
    static func converse(
        _ request: WebRequest, tls configuration: TLSConfiguration, say texts: AsyncStream<String>,
        hear: @escaping @Sendable (StreamEvent) -> Void
    ) async throws {
        let address = request.address
        let host = address.plainHost
        var headers = HTTPHeaders(request.headers.fields.map { ($0.name, $0.value) })
        headers.replaceOrAdd(name: "Host", value: address.authority)
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: address.target, headers: headers)
        let tls = address.scheme == "https" ? try NIOSSLContext(configuration: configuration) : nil
        let negotiation = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(5))
            .connect(host: host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: host)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
                        configuration: .init(upgradeConfiguration: upgrade(head)))
                }
            }
        switch try await negotiation.get() {
        case .refused: hear(.refused)
        case .opened(let channel):
            hear(.opened)
            try await channel.executeThenClose { inbound, outbound in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for await text in texts { try await outbound.write(frame(.text, ByteBuffer(string: text))) }
                    }
                    try await hearAll(inbound, hear) { try await outbound.write(frame(.pong, $0)) }
                    group.cancelAll()
                }
            }
            hear(.closed)
        }
    }

    private static func hearAll(
        _ frames: NIOAsyncChannelInboundStream<WebSocketFrame>, _ hear: @Sendable (StreamEvent) -> Void,
        pong: (ByteBuffer) async throws -> Void
    ) async throws {
        for try await frame in frames {
            switch frame.opcode {
            case .text, .binary, .continuation: hear(.text(String(buffer: frame.unmaskedData)))
            case .ping: try await pong(frame.unmaskedData)
            case .connectionClose: return
            default: break
            }
        }
    }

    /// A whole message of a client (RFC 6455 §5.1: masked).
    private static func frame(_ opcode: WebSocketOpcode, _ data: ByteBuffer) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data)
    }

    private static func upgrade(_ head: HTTPRequestHead) -> NIOTypedHTTPClientUpgradeConfiguration<Upgrade> {
        let upgrader = NIOTypedWebSocketClientUpgrader<Upgrade> { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                .opened(try NIOAsyncChannel(wrappingChannelSynchronously: channel))
            }
        }
        return NIOTypedHTTPClientUpgradeConfiguration(upgradeRequestHead: head, upgraders: [upgrader]) { channel in
            channel.close().map { .refused }
        }
    }
}
