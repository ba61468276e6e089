import BareAnswer
import NIOCore
import NIOHTTP1
import NIOPosix

/// What SwiftNIO's own HTTP/1.1 pipeline costs: the least that an HTTP server in Swift can be.
@main
struct BareNIO {
    static func main() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(FixedAnswer())
                }
            }
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .bind(host: "127.0.0.1", port: 0).get()
        BareAnswer.sayReady(port: listener.localAddress?.port ?? 0)
        try await listener.closeFuture.get()
    }
}
