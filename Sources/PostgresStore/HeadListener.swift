internal import Exeunt
internal import Foundation
internal import Synchronization

/// Tells those who follow the log where its head is, each time that it has moved.
///
/// Every commit to the log notifies whoever listens. That is a wake-up and nothing more: while anybody listens the head is read
/// five times a second as well, so a notification that never comes costs time alone.
final class HeadListener: Sendable {
    static let channel = "exeunt_log"

    private struct State {
        var newest: UInt64
        var listeners: [Int: AsyncStream<UInt64>.Continuation] = [:]
        var nextListener = 0
        var isRunning = false
        var isClosed = false
    }

    private let state: Mutex<State>
    private let door: Door
    private let stopped = DispatchSemaphore(value: 0)

    /// A listener to a log whose head is `head`.
    init(head: UInt64, door: Door) {
        state = Mutex(State(newest: head))
        self.door = door
    }

    /// Tells every listener, unless they have heard of it.
    func publish(_ head: UInt64) {
        state.withLock { state in
            guard head > state.newest else { return }
            state.newest = head
            for listener in state.listeners.values { listener.yield(head) }
        }
    }

    /// The heads from now on; a slow reader finds only the newest.
    func heads() -> AsyncStream<UInt64> {
        let (stream, continuation) = AsyncStream.makeStream(of: UInt64.self, bufferingPolicy: .bufferingNewest(1))
        let (id, isFirst): (Int?, Bool) = state.withLock { state in
            if state.isClosed { return (nil, false) }
            state.nextListener += 1
            state.listeners[state.nextListener] = continuation
            defer { state.isRunning = true }
            return (state.nextListener, !state.isRunning)
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.state.withLock { $0.listeners[id] = nil } }
        if isFirst {
            let thread = Thread { self.listen() }
            thread.name = "exeunt log"
            thread.start()
        }
        return stream
    }

    /// Ends every stream.
    func close() {
        let (listeners, wasRunning) = state.withLock { state in
            defer { (state.listeners, state.isClosed) = ([:], true) }
            return (state.listeners, state.isRunning && !state.isClosed)
        }
        for listener in listeners.values { listener.finish() }
        if wasRunning { stopped.wait() }
    }

    private var isClosed: Bool { state.withLock(\.isClosed) }

    private func listen() {
        let grain = Int32(Limits.headGrain / .milliseconds(1))
        while !isClosed {
            do throws(PostgresFailure) {
                let connection = try door.connect()
                _ = try connection.exchange([Statement("LISTEN \(Self.channel)")])
                while !isClosed {
                    let heads = try connection.exchange([Statement("SELECT head FROM authority")])
                    if let head = heads.first?.first({ UInt64(clamping: $0.number(0)) }) { publish(head) }
                    // Until nothing has been heard for that long.
                    while !isClosed,
                        let head = try connection.notifications(within: grain).compactMap(UInt64.init).max()
                    {
                        publish(head)
                    }
                }
            } catch {
                Thread.sleep(forTimeInterval: Double(grain) / 1000)
            }
        }
        stopped.signal()
    }
}
