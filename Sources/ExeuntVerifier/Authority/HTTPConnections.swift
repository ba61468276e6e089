internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

/// Connections to the authority that nobody else's requests are waiting for.
final class HTTPConnections: Sendable {
    private let client: HTTPClient

    init() {
        var configuration = HTTPClient.Configuration(
            // A redirect would take the client's secret elsewhere.
            redirectConfiguration: .disallow,
            timeout: .init(connect: .milliseconds(Limits.connectMilliseconds)))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Limits.questions
        // Whoever asks tries again, and decides for how long.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// The client must not go without; once it is closed this does nothing.
    deinit { client.shutdown { _ in } }

    /// Closes all connections; no question is answered any more.
    func close() async { try? await client.shutdown() }

    /// The answer to a request, read to its end within `patience`.
    func ask(
        _ request: HTTPClientRequest, patience: Duration, atMost bytes: Int, clock: any Clock<Duration>
    ) async throws(AuthorityFailure) -> AuthorityAnswer {
        do {
            return try await within(patience, clock: clock) { [client] in
                let answer = try await client.execute(request, deadline: .distantFuture)
                let body = try await answer.body.collect(upTo: bytes)
                return AuthorityAnswer(
                    status: Int(answer.status.code),
                    retryAfter: answer.headers.first(name: "retry-after").flatMap { Int64($0) }.map {
                        min(.seconds(max(0, $0)), Limits.longestRetryAfter)
                    }, body: body)
            }
        } catch let failure as AuthorityFailure {
            throw failure
        } catch {
            throw .unreachable("\(error)")
        }
    }

    private func within<Value: Sendable>(
        _ patience: Duration, clock: any Clock<Duration>, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask(operation: work)
            group.addTask {
                try await clock.sleep(for: patience)
                throw AuthorityFailure.unreachable("it took longer than \(patience)")
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }
}
