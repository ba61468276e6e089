internal import Dispatch
internal import Exeunt
internal import Synchronization

/// Tells those who follow the log where its head is, each time that it has moved.
///
/// Commits of this process are published by the commit queue. Other processes work on the same file, so while anybody
/// listens the head is read five times a second as well: one lookup, which is no more than asking SQLite whether the
/// file has changed.
final class HeadWatcher: Sendable {
    private struct State {
        var timer: (any DispatchSourceTimer)?
        var isClosed = false
    }

    private let broadcast: HeadBroadcast
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "exeunt.store.head")
    private let readHead: @Sendable () -> UInt64?

    /// A watcher of a log whose head is `head`; `readHead` says where it is now, if the store can say.
    init(head: UInt64, readHead: @escaping @Sendable () -> UInt64?) {
        broadcast = HeadBroadcast(head: head)
        self.readHead = readHead
    }

    /// Tells every listener, unless they have heard of it.
    func publish(_ head: UInt64) { broadcast.publish(head) }

    /// The heads from now on; a slow reader finds only the newest.
    func heads() -> AsyncStream<UInt64> {
        let heads = broadcast.heads()
        state.withLock { state in
            if state.timer == nil, !state.isClosed { state.timer = startTimer() }
        }
        return heads
    }

    /// Ends every stream.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.timer?.cancel()
            state.timer = nil
        }
        broadcast.close()
    }

    private func startTimer() -> any DispatchSourceTimer {
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler { [weak self] in
            guard let self, broadcast.hasListeners, let head = readHead() else { return }
            publish(head)
        }
        timer.schedule(deadline: .now() + .milliseconds(200), repeating: .milliseconds(200), leeway: .milliseconds(20))
        timer.activate()
        return timer
    }
}
