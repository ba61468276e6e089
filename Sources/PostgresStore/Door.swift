internal import Exeunt
internal import Synchronization

/// The way to the server, for all threads of a store: where it is, and whether it is worth a try.
///
/// While the server does not answer, one of them tries again now and then, and the others say at once that it does not.
///
/// No connection is made to a server that has less of the log than has been seen of it: a standby that took over before it had heard
/// of everything, or a backup. Only a new connection can lead to another server, so that is where to look.
final class Door: Sendable {
    private struct State {
        var failures = 0
        var closedUntil = ContinuousClock.now
        var reason = ""
        /// The newest `seq` that anybody has seen committed.
        var head: UInt64 = 0
        /// Why it is closed for good.
        var behind: String?
    }

    private static let pauses: [Duration] = [0, 50, 100, 200, 400, 800].map { .milliseconds($0) }

    private let uri: String
    private let schema: Schema
    private let state = Mutex(State())

    init(uri: String, schema: Schema) {
        self.uri = uri
        self.schema = schema
    }

    /// Remembers how far the log has been seen to go.
    func note(head: UInt64) { state.withLock { $0.head = max($0.head, head) } }

    /// A new connection, to tables that this program knows; throws at once while the last try is too recent.
    ///
    /// A later program may have changed them since the start.
    func connect() throws(PostgresFailure) -> PostgresConnection {
        let now = ContinuousClock.now
        let (refusal, seen) = state.withLock { state -> (PostgresFailure?, UInt64) in
            if let behind = state.behind { return (.behind(behind), 0) }
            if now < state.closedUntil { return (.lost(state.reason), 0) }
            // The others are told the same until this try is through.
            if state.failures > 0 { state.closedUntil = now + .seconds(6) }
            return (nil, state.head)
        }
        if let refusal { throw refusal }
        do throws(PostgresFailure) {
            let connection = try PostgresConnection(uri: uri)
            if let refusal = try schema.refusal(connection) { throw .lost(refusal) }
            if seen > 0 { try Self.check(connection, has: seen) }
            state.withLock { state in
                state.failures = 0
                state.closedUntil = now
            }
            return connection
        } catch {
            state.withLock { state in
                state.closedUntil = ContinuousClock.now + Self.pauses[min(state.failures, Self.pauses.count - 1)]
                state.failures += 1
                switch error {
                case .lost(let reason): state.reason = reason
                case .behind(let reason): state.behind = reason
                case .refused: break
                }
            }
            throw error
        }
    }

    private static func check(_ connection: PostgresConnection, has seen: UInt64) throws(PostgresFailure) {
        let heads = try connection.exchange([Statement("SELECT head FROM authority")])
        guard let head = heads.first?.first({ UInt64(clamping: $0.number(0)) }), head < seen else { return }
        throw .behind("the database has gone back from record \(seen) of the log to record \(head)")
    }
}
