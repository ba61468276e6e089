package import Settlement
internal import Synchronization

/// The receivers as they were a moment ago, read once for all who ask at the same time.
package final class ReceiversAtHand: Sendable {
    private struct State {
        var receivers: [Receiver] = []
        /// When the reading began that they came with.
        var readAt: Moment?
        var reading: (began: Moment, task: Task<[Receiver], any Error>)?
    }

    private let store: any OutboxStore
    private let moment: @Sendable () -> Moment
    private let state = Mutex(State())

    package init(store: any OutboxStore, moment: @escaping @Sendable () -> Moment) {
        self.store = store
        self.moment = moment
    }

    /// All receivers, in order of their creation, as the store had them no longer ago than `age`.
    package func receivers(notOlderThan age: Duration) async throws(AuthorityError) -> [Receiver] {
        let now = moment()
        let earliest = now + -age.milliseconds
        let found: (receivers: [Receiver]?, reading: Task<[Receiver], any Error>?) = state.withLock { state in
            if let readAt = state.readAt, readAt >= earliest { return (state.receivers, nil) }
            if let reading = state.reading, reading.began >= earliest { return (nil, reading.task) }
            // Nobody's child, because whoever began it may go away while others wait for it; it ends by itself.
            let task = Task { try await read(at: now) }
            state.reading = (now, task)
            return (nil, task)
        }
        if let receivers = found.receivers { return receivers }
        do {
            return try await found.reading?.value ?? []
        } catch {
            throw error as? AuthorityError ?? .overloaded
        }
    }

    private func read(at began: Moment) async throws -> [Receiver] {
        defer { state.withLock { if $0.reading?.began == began { $0.reading = nil } } }
        let receivers = try await store.receivers()
        state.withLock { state in
            guard state.readAt.map({ $0 < began }) ?? true else { return }
            (state.receivers, state.readAt) = (receivers, began)
        }
        return receivers
    }
}
