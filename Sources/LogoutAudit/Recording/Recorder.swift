internal import Synchronization

/// Keeps what goes by in memory, in the order in which it was asked for, up to a bound.
package final class Recorder: Sendable {
    private struct State {
        var exchanges: [Exchange?] = []
        var bytes = 0
    }
    private let state = Mutex(State())

    package init() {}

    /// What was answered so far.
    package var exchanges: [Exchange] { state.withLock { $0.exchanges.compactMap { $0 } } }

    /// A place for a request that was just sent; nil when the recording is full.
    package func begin() -> Int? {
        state.withLock { state in
            guard state.exchanges.count < RecordingLimits.exchanges else { return nil }
            state.exchanges.append(nil)
            return state.exchanges.count - 1
        }
    }

    /// Keeps what came of it, without the body where there is no room for it.
    package func end(_ place: Int?, _ exchange: Exchange) {
        guard let place else { return }
        state.withLock { state in
            var exchange = exchange
            let size = exchange.answer.body.utf8.count + (exchange.request.body?.utf8.count ?? 0)
            if state.bytes + size > RecordingLimits.keptBytes { exchange.answer.body = "" } else { state.bytes += size }
            state.exchanges[place] = exchange
        }
    }
}
