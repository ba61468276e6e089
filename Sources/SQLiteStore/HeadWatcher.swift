internal import Dispatch
internal import Synchronization

/// Tells those who follow the log where its head is, each time that it has moved.
///
/// Commits of this process are published by the commit queue. Other processes work on the same file, so while anybody
/// listens the head is read five times a second as well: one lookup, which is no more than asking SQLite whether the
/// file has changed.
final class HeadWatcher: Sendable {
    private struct State {
        var newest: UInt64
        var listeners: [Int: AsyncStream<UInt64>.Continuation] = [:]
        var nextListener = 0
        var timer: (any DispatchSourceTimer)?
        var isClosed = false
    }

    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "exeunt.store.head")
    private let readHead: @Sendable () -> UInt64?

    /// A watcher of a log whose head is `head`; `readHead` says where it is now, if the store can say.
    init(head: UInt64, readHead: @escaping @Sendable () -> UInt64?) {
        state = Mutex(State(newest: head))
        self.readHead = readHead
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
        let id: Int? = state.withLock { state in
            if state.isClosed { return nil }
            state.nextListener += 1
            state.listeners[state.nextListener] = continuation
            if state.timer == nil { state.timer = startTimer() }
            return state.nextListener
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.remove(id) }
        return stream
    }

    /// Ends every stream.
    func close() {
        let listeners = state.withLock { state in
            state.isClosed = true
            state.timer?.cancel()
            state.timer = nil
            defer { state.listeners = [:] }
            return state.listeners
        }
        for listener in listeners.values { listener.finish() }
    }

    private func remove(_ id: Int) {
        state.withLock { state in
            state.listeners[id] = nil
            guard state.listeners.isEmpty else { return }
            state.timer?.cancel()
            state.timer = nil
        }
    }

    private func startTimer() -> any DispatchSourceTimer {
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler { [weak self] in
            guard let self, let head = readHead() else { return }
            publish(head)
        }
        timer.schedule(deadline: .now() + .milliseconds(200), repeating: .milliseconds(200), leeway: .milliseconds(20))
        timer.activate()
        return timer
    }
}
