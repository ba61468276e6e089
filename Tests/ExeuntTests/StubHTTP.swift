import Exeunt
import Synchronization

/// A way out to nowhere: what each address answers is written down, and whoever asks can be made to wait.
final class StubHTTP: OutgoingHTTP {
    struct State {
        var answers: [String: Result<OutgoingAnswer, OutgoingFailure>] = [:]
        var requests: [OutgoingRequest] = []
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
    }

    let state = Mutex(State())

    func answer(_ url: String, status: Int = 200, _ body: String, headers: [String: String] = [:]) {
        let answer = OutgoingAnswer(status: status, headers: headers, body: Array(body.utf8))
        state.withLock { $0.answers[url] = .success(answer) }
    }

    func fail(_ url: String) { state.withLock { $0.answers[url] = .failure(.unreachable("it is down")) } }

    /// Lets nobody have an answer until ``release()``.
    func hold() { state.withLock { $0.isHeld = true } }

    func release() {
        let held = state.withLock { state in
            state.isHeld = false
            defer { state.held = [] }
            return state.held
        }
        for each in held { each.resume() }
    }

    var urls: [String] { state.withLock { $0.requests.map(\.url) } }

    func send(_ request: OutgoingRequest) async throws(OutgoingFailure) -> OutgoingAnswer {
        state.withLock { $0.requests.append(request) }
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                if state.isHeld { state.held.append(continuation) }
                return state.isHeld
            }
            if !isHeld { continuation.resume() }
        }
        guard let answer = state.withLock({ $0.answers[request.url] }) else { throw .unreachable("nobody is there") }
        return try answer.get()
    }

    func admit(_ url: String) throws(OutgoingFailure) {
        guard url.hasPrefix("https://") else { throw .refused("it is not https") }
    }
}
