import Glibc
import NIOCore
import NIOPosix

/// A byte that goes round and round through a pipe, so that its loop never sleeps while it waits for answers.
///
/// Waking a sleeper on another core costs a server about as much as a check does, more so in a virtual machine; and a slower
/// server pays that more often, because its load sleeps more. So nobody sleeps.
final class Wakefulness: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Failure: Error { case noPipe(errno: Int32) }

    /// Keeps a loop awake until a run is done; fails the run when it cannot.
    static func keep(_ loop: any EventLoop, done: EventLoopPromise<Report>) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return done.fail(Failure.noPipe(errno: errno)) }
        let round = NIOPipeBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Wakefulness()) }
            }
            .takingOwnershipOfDescriptors(input: ends[0], output: ends[1])
        round.cascadeFailure(to: done)
        round.whenSuccess { channel in
            channel.writeAndFlush(ByteBuffer(integer: UInt8(0)), promise: nil)
            done.futureResult.whenComplete { _ in channel.close(promise: nil) }
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(data, promise: nil)
    }
}
