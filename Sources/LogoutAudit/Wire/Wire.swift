internal import Synchronization

/// The one way out: nothing is sent but through here, to no host but the target file's, and no faster than it says.
package final class Wire: Sendable {
    private let transport: any Transport
    private let hosts: Set<String>
    private let interval: Duration
    private let surroundings: Surroundings

    private struct State {
        var next: Duration
        var count = 0
    }
    private let state: Mutex<State>

    /// Admits the hosts, each with its port, and `rate` requests a second.
    package init(transport: any Transport, hosts: Set<String>, rate: Int, surroundings: Surroundings) {
        self.transport = transport
        self.hosts = hosts
        interval = .seconds(1) / max(1, rate)
        self.surroundings = surroundings
        state = Mutex(State(next: surroundings.elapsed()))
    }

    /// How many requests were sent.
    package var count: Int { state.withLock { $0.count } }

    package func admits(_ address: WebAddress) -> Bool { hosts.contains("\(address.host):\(address.port)") }

    package func send(_ request: WebRequest) async throws -> Exchange {
        try await leave(for: request)
        let begin = surroundings.elapsed()
        let answer = try await transport.send(request)
        return Exchange(request: request, answer: answer, elapsed: surroundings.elapsed() - begin)
    }

    package func listen(_ request: WebRequest, hear: @escaping @Sendable (StreamEvent) -> Void) async throws {
        try await leave(for: request)
        try await transport.listen(request, hear: hear)
    }

    package func converse(
        _ request: WebRequest, say texts: AsyncStream<String>, hear: @escaping @Sendable (StreamEvent) -> Void
    ) async throws {
        try await leave(for: request)
        try await transport.converse(request, say: texts, hear: hear)
    }

    /// Counts a request, and returns when it may be sent, which whoever asks then does.
    func leave(for request: WebRequest) async throws {
        guard admits(request.address) else { throw WireFailure.foreignHost(request.address.authority) }
        let wait = state.withLock { state in
            let now = surroundings.elapsed()
            let turn = max(now, state.next)
            state.next = turn + interval
            state.count += 1
            return turn - now
        }
        if wait > .zero { try await surroundings.sleep(wait) }
    }
}
