import NIOCore

/// A connection that sends its next request as soon as the last one is answered.
final class LoadConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let number: Int
    private let run: LoadRun
    private var context: ChannelHandlerContext?
    private var received = ByteBuffer()
    private var sending = ByteBuffer()
    private var pending: (step: Int, sentAt: NIODeadline)?

    init(number: Int, run: LoadRun) {
        self.number = number
        self.run = run
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Sends the next request; when there is none, the run is over for this connection.
    func sendNext() {
        guard let context else { return }
        sending.clear()
        guard let step = run.write(for: number, to: &sending) else {
            pending = nil
            run.finished(number)
            return
        }
        pending = (step, .now())
        context.writeAndFlush(wrapOutboundOut(sending), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var piece = unwrapInboundIn(data)
        if received.readableBytes == 0 { received = piece } else { received.writeBuffer(&piece) }
        do {
            guard let answer = try Answer.take(from: &received), let (step, sentAt) = pending else { return }
            run.took(answer, of: step, for: number, after: .now() - sentAt)
            sendNext()
        } catch {
            fail("\(error)")
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if pending != nil { fail("closed by the server") }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail("\(error)")
        context.close(promise: nil)
    }

    private func fail(_ what: String) {
        pending = nil
        run.failed(number, what)
    }
}
