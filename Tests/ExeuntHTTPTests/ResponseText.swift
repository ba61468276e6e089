import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// The body of an answer as text.
func text(of response: Response) async throws -> String {
    let writer = Collector()
    try await response.body.write(writer)
    return String(buffer: writer.collected.withLock { $0 })
}

private final class Collector: ResponseBodyWriter {
    let collected = Mutex(ByteBuffer())

    func write(_ buffer: ByteBuffer) async throws { collected.withLock { _ = $0.writeImmutableBuffer(buffer) } }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
