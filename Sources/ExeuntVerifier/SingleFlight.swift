internal import Synchronization

/// Does a piece of work once for all who want it at the same time.
///
/// Whoever comes while it is being done waits, and gets the same result or the same error. Who is cancelled stops waiting, the one
/// who began it too; the work is done to its end all the same.
package final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// The result of the work, and whether it was begun for this very call.
    package typealias Landing = (value: Value, isOwn: Bool)

    /// As many pieces of work are under way as are allowed.
    package struct Full: Error {}

    private struct Waiter: Sendable {
        var continuation: CheckedContinuation<Landing, any Error>
        var isOwn: Bool
    }

    private struct State: Sendable {
        var flights: [Key: [UInt64: Waiter]] = [:]
        var nextID: UInt64 = 0
    }

    private enum Boarding { case first, later, cancelled, full }

    private let limit: Int
    private let state = Mutex(State())

    package init(limit: Int) { self.limit = limit }

    /// How many wait, for whatever work.
    package var waiting: Int { state.withLock { $0.flights.values.reduce(0) { $0 + $1.count } } }

    /// The result of the work for `key`.
    ///
    /// Throws what the work throws, ``Full``, and `CancellationError` once the caller is cancelled.
    package func run(_ key: Key, _ work: @escaping @Sendable () async throws -> Value) async throws -> Landing {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                switch board(key, id, continuation) {
                case .first: begin(key, work)
                case .later: break
                case .cancelled: continuation.resume(throwing: CancellationError())
                case .full: continuation.resume(throwing: Full())
                }
            }
        } onCancel: {
            let waiter = state.withLock { $0.flights[key]?.removeValue(forKey: id) }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    private func board(
        _ key: Key, _ id: UInt64, _ continuation: CheckedContinuation<Landing, any Error>
    ) -> Boarding {
        state.withLock { state in
            // Whoever is cancelled after this is found by the handler, which waits for the lock.
            if Task.isCancelled { return .cancelled }
            if state.flights[key] != nil {
                state.flights[key]?[id] = Waiter(continuation: continuation, isOwn: false)
                return .later
            }
            guard state.flights.count < limit else { return .full }
            state.flights[key] = [id: Waiter(continuation: continuation, isOwn: true)]
            return .first
        }
    }

    /// Does the work in a task that is nobody's child.
    ///
    /// It belongs to all who wait, who come and go, and what the other side has done by then must not be lost with the first of them;
    /// so it is nobody's to cancel. There are no more of these tasks than `limit`, and each ends with its work.
    private func begin(_ key: Key, _ work: @escaping @Sendable () async throws -> Value) {
        Task {
            let result: Result<Value, any Error>
            do { result = .success(try await work()) } catch { result = .failure(error) }
            let waiters = state.withLock { $0.flights.removeValue(forKey: key) ?? [:] }
            for waiter in waiters.values {
                waiter.continuation.resume(with: result.map { ($0, waiter.isOwn) })
            }
        }
    }
}
