internal import Exeunt
internal import Synchronization

/// The way to the server, for all threads of a store: where it is, and whether it is worth a try.
///
/// While the server does not answer, one of them tries again now and then, and the others say at once that it does not.
final class Door: Sendable {
    private struct State {
        var failures = 0
        var closedUntil = ContinuousClock.now
        var reason = ""
    }

    private static let pauses: [Duration] = [0, 50, 100, 200, 400, 800].map { .milliseconds($0) }

    private let uri: String
    private let schema: Schema
    private let state = Mutex(State())

    init(uri: String, schema: Schema) {
        self.uri = uri
        self.schema = schema
    }

    /// A new connection, to tables that this program knows; throws at once while the last try is too recent.
    ///
    /// A later program may have changed them since the start.
    func connect() throws(PostgresFailure) -> PostgresConnection {
        let now = ContinuousClock.now
        let refusal = state.withLock { state -> String? in
            if now < state.closedUntil { return state.reason }
            // The others are told the same until this try is through.
            if state.failures > 0 { state.closedUntil = now + .seconds(6) }
            return nil
        }
        if let refusal { throw .lost(refusal) }
        do throws(PostgresFailure) {
            let connection = try PostgresConnection(uri: uri)
            if let refusal = try schema.refusal(connection) { throw .lost(refusal) }
            state.withLock { $0 = State() }
            return connection
        } catch {
            state.withLock { state in
                state.closedUntil = ContinuousClock.now + Self.pauses[min(state.failures, Self.pauses.count - 1)]
                state.failures += 1
                if case .lost(let reason) = error { state.reason = reason }
            }
            throw error
        }
    }
}
