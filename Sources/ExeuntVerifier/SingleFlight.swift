internal import Synchronization

/// Does a piece of work once for all who want it at the same time.
///
/// The first one does it; whoever comes meanwhile waits and gets the same result or the same error.
package final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private enum Part { case first, full, later }

    private typealias Waiter = CheckedContinuation<Value?, any Error>

    /// As many pieces of work are under way as are allowed.
    package struct Full: Error {}

    private let limit: Int
    private let flights = Mutex<[Key: [Waiter]]>([:])

    package init(limit: Int) { self.limit = limit }

    /// The result of the work for `key`, and whether it was done for this very call.
    package func run(
        _ key: Key, _ work: () async throws -> Value
    ) async throws -> (value: Value, isOwn: Bool) {
        let part = flights.withLock { flights -> Part in
            if flights[key] != nil { return .later }
            guard flights.count < limit else { return .full }
            flights[key] = []
            return .first
        }
        switch part {
        case .full: throw Full()
        case .first: return (try await lead(key, work), true)
        case .later:
            // When it has just come to its end, it is to be done once more.
            guard let value = try await join(key) else { return try await run(key, work) }
            return (value, false)
        }
    }

    private func lead(_ key: Key, _ work: () async throws -> Value) async throws -> Value {
        let result: Result<Value?, any Error>
        do { result = .success(try await work()) } catch { result = .failure(error) }
        for waiter in flights.withLock({ $0.removeValue(forKey: key) ?? [] }) { waiter.resume(with: result) }
        guard let value = try result.get() else { throw CancellationError() }
        return value
    }

    /// The result of the work that is under way; nil when it is none any more.
    private func join(_ key: Key) async throws -> Value? {
        try await withCheckedThrowingContinuation { continuation in
            let isUnderWay = flights.withLock { flights in
                flights[key]?.append(continuation)
                return flights[key] != nil
            }
            if !isUnderWay { continuation.resume(returning: nil) }
        }
    }
}
