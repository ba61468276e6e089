internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

extension NetworkTransport {
    /// An answer whose body is still coming.
    package struct PassedAnswer: Sendable {
        /// Without a body.
        package let answer: WebAnswer
        /// What stands beside the status.
        package let reason: String
        fileprivate let body: HTTPClientResponse.Body

        /// The body, piece by piece, until the other side ends it.
        package var pieces: some AsyncSequence<[UInt8], any Error> & Sendable {
            body.map { Array($0.readableBytesView) }
        }
    }

    /// Sends a request with these bytes, and returns as soon as the answer begins.
    package func pass(_ request: WebRequest, body: [UInt8]) async throws(WireFailure) -> PassedAnswer {
        var passed = Self.translated(request)
        if !body.isEmpty { passed.body = .bytes(ByteBuffer(bytes: body)) }
        do {
            let answer = try await client.execute(passed, deadline: .distantFuture)
            return PassedAnswer(
                answer: WebAnswer(
                    status: Int(answer.status.code), headers: HeaderFields(answer.headers.map { ($0.name, $0.value) })),
                reason: answer.status.reasonPhrase, body: answer.body)
        } catch {
            throw Self.failure(error)
        }
    }
}
