internal import Synchronization

/// Those who follow a store's log, and where its head is as far as they have been told.
package final class HeadBroadcast: Sendable {
    private struct State {
        var newest: UInt64
        var listeners: [Int: AsyncStream<UInt64>.Continuation] = [:]
        var nextListener = 0
        var isClosed = false
    }

    private let state: Mutex<State>

    /// Nobody follows a log whose head is `head` yet.
    package init(head: UInt64) { state = Mutex(State(newest: head)) }

    /// Tells everybody, unless they have heard of it.
    package func publish(_ head: UInt64) {
        state.withLock { state in
            guard head > state.newest else { return }
            state.newest = head
            for listener in state.listeners.values { listener.yield(head) }
        }
    }

    /// Whether anybody follows.
    package var hasListeners: Bool { state.withLock { !$0.listeners.isEmpty } }

    /// The heads from now on; a slow reader finds only the newest.
    package func heads() -> AsyncStream<UInt64> {
        let (stream, continuation) = AsyncStream.makeStream(of: UInt64.self, bufferingPolicy: .bufferingNewest(1))
        let id: Int? = state.withLock { state in
            if state.isClosed { return nil }
            state.nextListener += 1
            state.listeners[state.nextListener] = continuation
            return state.nextListener
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.state.withLock { $0.listeners[id] = nil } }
        return stream
    }

    /// Ends every stream, and every one to come.
    package func close() {
        let listeners = state.withLock { state in
            state.isClosed = true
            defer { state.listeners = [:] }
            return state.listeners
        }
        for listener in listeners.values { listener.finish() }
    }
}
