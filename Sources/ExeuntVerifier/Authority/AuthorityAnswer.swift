internal import Foundation
internal import NIOCore

/// What the authority answered, read as a whole.
struct AuthorityAnswer: Sendable {
    var status: Int
    var retryAfter: Duration?
    var body: ByteBuffer

    private struct Problem: Decodable {
        var error: String?
        var title: String?
        var detail: String?
    }

    var bytes: [UInt8] { Array(body.readableBytesView) }

    /// The value of a JSON body.
    func json<Value: Decodable>(_ type: Value.Type) throws(AuthorityFailure) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(body.readableBytesView))
        } catch {
            throw .unreachable("the answer cannot be understood")
        }
    }

    /// Throws unless the status is one of these.
    func expect(_ expected: Int...) throws(AuthorityFailure) {
        guard !expected.contains(status) else { return }
        let problem = try? JSONDecoder().decode(Problem.self, from: Data(body.readableBytesView))
        switch status {
        case 400 where problem?.error == "invalid_grant": throw .credentialOver
        case 401, 403: throw .clientRefused(status: status)
        case 429, 500...599: throw .unavailable(retryAfter: retryAfter ?? Limits.retryAfter)
        default:
            let why = problem?.detail ?? problem?.title ?? problem?.error
            throw .refused(status: status, why ?? "no reason given")
        }
    }
}
