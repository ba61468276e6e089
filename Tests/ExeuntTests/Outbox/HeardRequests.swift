import Exeunt
import Foundation
import Settlement
import Synchronization

/// Receivers that answer as a test says, and remember what they were asked and what they took.
final class HeardRequests: OutgoingHTTP {
    private struct State {
        var asked: [String] = []
        /// By the receiver's address: the names that it took, and how often each.
        var taken: [String: [String: Int]] = [:]
        var isCutOff = false
    }

    private let state = Mutex(State())
    private let answer: @Sendable (_ url: String, _ jti: String) -> Int

    /// Receivers that answer with the status that `answer` gives.
    init(_ answer: @escaping @Sendable (_ url: String, _ jti: String) -> Int) { self.answer = answer }

    /// From now on, or no more, nobody is reached.
    func cutOff(_ isCutOff: Bool) { state.withLock { $0.isCutOff = isCutOff } }

    func taken(by url: String) -> [String: Int] { state.withLock { $0.taken[url] ?? [:] } }

    func admit(_ url: String) throws(OutgoingFailure) {}

    func send(_ request: OutgoingRequest) async throws(OutgoingFailure) -> OutgoingAnswer {
        if state.withLock({ $0.isCutOff }) { throw .unreachable("cut off") }
        let jti = Self.jti(request)
        let status = answer(request.url, jti)
        state.withLock { state in
            state.asked.append(request.url)
            if (200..<300).contains(status) { state.taken[request.url, default: [:]][jti, default: 0] += 1 }
        }
        return OutgoingAnswer(status: status)
    }

    /// The name in a logout token, or a webhook's.
    private static func jti(_ request: OutgoingRequest) -> String {
        if let id = request.headers.first(where: { $0.name == "webhook-id" }) { return id.value }
        let parts = String(decoding: request.body, as: UTF8.self).split(separator: ".")
        guard parts.count == 3 else { return "" }
        let claims = Base64URL.decode(parts[1]).flatMap { try? JSONSerialization.jsonObject(with: Data($0)) }
        return (claims as? [String: Any])?["jti"] as? String ?? ""
    }
}
