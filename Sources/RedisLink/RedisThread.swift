internal import Dispatch
internal import Synchronization

/// A thread for one connection to Redis, so that nobody else's waits while it does.
///
/// What it is given to do is done one after the other. It connects when there is something to do, and again after a failure.
package final class RedisThread: Sendable {
    private let address: RedisAddress
    private let commandMilliseconds: Int
    private let queue: DispatchQueue
    private let connection = Mutex<RedisConnection?>(nil)

    /// A thread that has not connected yet.
    package init(_ address: RedisAddress, commandMilliseconds: Int, name: String) {
        self.address = address
        self.commandMilliseconds = commandMilliseconds
        queue = DispatchQueue(label: name)
    }

    /// Does something with the connection, on the thread; with `isNew` when it has only just been made.
    package func run<Value: Sendable>(
        _ work: @escaping @Sendable (_ connection: RedisConnection, _ isNew: Bool) throws(RedisFailure) -> Value
    ) async throws(RedisFailure) -> Value {
        let result = await withCheckedContinuation { continuation in
            enqueue(work) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// The same for whoever does not wait; what comes of it is told on the thread.
    package func enqueue<Value: Sendable>(
        _ work: @escaping @Sendable (_ connection: RedisConnection, _ isNew: Bool) throws(RedisFailure) -> Value,
        then tell: @escaping @Sendable (Result<Value, RedisFailure>) -> Void
    ) {
        queue.async { [self] in
            // Only this thread takes the lock for longer than a moment.
            tell(connection.withLock { connection in attempt(work, &connection) })
        }
    }

    /// Closes the connection; it is made anew when there is something to do.
    package func disconnect() { queue.async { [self] in connection.withLock { $0 = nil } } }

    private func attempt<Value: Sendable>(
        _ work: (RedisConnection, Bool) throws(RedisFailure) -> Value, _ connection: inout RedisConnection?
    ) -> Result<Value, RedisFailure> {
        do throws(RedisFailure) {
            if let open = connection { return .success(try work(open, false)) }
            let made = try RedisConnection(address, commandMilliseconds: commandMilliseconds)
            connection = made
            return .success(try work(made, true))
        } catch {
            connection = nil
            return .failure(error)
        }
    }
}
