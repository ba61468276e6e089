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
        var isRunning = false
        var isClosed = false
    }

    private let broadcast: HeadBroadcast
    private let state = Mutex(State())
    private let door: Door
    private let stopped = DispatchSemaphore(value: 0)

    /// A listener to a log whose head is `head`.
    init(head: UInt64, door: Door) {
        broadcast = HeadBroadcast(head: head)
        door.note(head: head)
        self.door = door
    }

    /// Tells every listener, unless they have heard of it.
    func publish(_ head: UInt64) {
        door.note(head: head)
        broadcast.publish(head)
    }

    /// The heads from now on; a slow reader finds only the newest.
    func heads() -> AsyncStream<UInt64> {
        let heads = broadcast.heads()
        let isFirst = state.withLock { state in
            defer { state.isRunning = !state.isClosed }
            return !state.isRunning && !state.isClosed
        }
        if isFirst {
            let thread = Thread { self.listen() }
            thread.name = "exeunt log"
            thread.start()
        }
        return heads
    }

    /// Ends every stream.
    func close() {
        let wasRunning = state.withLock { state in
            defer { state.isClosed = true }
            return state.isRunning && !state.isClosed
        }
        broadcast.close()
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
