import Foundation
import NIOCore
import NIOPosix

/// Opens event streams and holds them.
enum EventStreams {
    /// Connections that may be under way at once: no more than a listener's queue takes.
    private static let atOnce = 100

    /// Opens a stream with each token, says so, and holds them until standard input ends.
    static func hold(_ plan: Plan, on loop: any EventLoop) async throws {
        let tokens = try Plan.lines(plan.tokens)
        let start = ContinuousClock.now
        var held: [any Channel] = []
        var next = 0
        while next < plan.connections {
            let batch = next..<min(next + atOnce, plan.connections)
            try await withThrowingTaskGroup(of: (any Channel).self) { group in
                for number in batch {
                    group.addTask { try await open(plan, token: tokens[number % tokens.count], on: loop) }
                }
                for try await channel in group { held.append(channel) }
            }
            next = batch.upperBound
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        FileHandle.standardOutput.write(Data("{\"streams\":\(held.count),\"seconds\":\(seconds)}\n".utf8))
        _ = FileHandle.standardInput.readDataToEndOfFile()
    }

    /// A stream that has said its first word.
    private static func open(_ plan: Plan, token: String, on loop: any EventLoop) async throws -> any Channel {
        let begun = loop.makePromise(of: Void.self)
        let channel = try await ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(FirstWord(begun))
                }
            }
            .connect(host: "127.0.0.1", port: plan.ports[0]).get()
        var request = ByteBuffer()
        plan.requests[0].write(token, to: &request)
        try await channel.writeAndFlush(request)
        try await begun.futureResult.get()
        return channel
    }
}

/// Keeps a promise when the first event of a stream arrives.
private final class FirstWord: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private struct NoStream: Error { var answer: String }

    private let begun: EventLoopPromise<Void>
    private var received = ""

    init(_ begun: EventLoopPromise<Void>) { self.begun = begun }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard received.utf8.count < 4096 else { return }
        received += String(buffer: unwrapInboundIn(data))
        if received.contains("retry:") { begun.succeed() }
    }

    func channelInactive(context: ChannelHandlerContext) { begun.fail(NoStream(answer: received)) }
}
