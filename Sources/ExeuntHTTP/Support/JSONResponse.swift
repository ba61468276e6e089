internal import Exeunt
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Answers in JSON: names in snake_case, times in RFC 3339, UTC.
enum JSONResponse {
    private struct Problem: Encodable {
        var type: String
        var title: String
        var status: Int
        var detail: String?
        var instance: String
        var stillLive: Bool?
    }

    private struct OAuthError: Encodable {
        var error: String
        var errorDescription: String
    }

    static func make(
        _ value: some Encodable, status: HTTPResponse.Status = .ok, type: String = "application/json",
        headers: HTTPFields = [:]
    ) -> Response {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { return Response(status: .internalServerError) }
        return text(ByteBuffer(bytes: data), type: type, status: status, headers: headers)
    }

    /// An answer whose JSON is at hand already.
    static func text(
        _ body: ByteBuffer, type: String = "application/json", status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = type
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    /// A problem (RFC 9457).
    static func problem(_ problem: HTTPProblem, at path: String) -> Response {
        make(
            Problem(
                type: "/problems/\(problem.name)", title: problem.title, status: problem.status.code,
                detail: problem.detail, instance: path, stillLive: problem.stillLive ? true : nil),
            status: problem.status, type: "application/problem+json", headers: problem.headers)
    }

    /// A failure of an OAuth endpoint (RFC 6749 §5.2): 400, but for what has a status of its own.
    static func oauthError(_ problem: HTTPProblem) -> Response {
        let isGrant = problem.oauthError == "invalid_grant" || problem.status == .unprocessableContent
        return make(
            OAuthError(error: problem.oauthError, errorDescription: problem.detail ?? problem.title),
            status: isGrant ? .badRequest : problem.status, headers: problem.headers)
    }
}

extension Timestamp {
    /// The moment in RFC 3339, UTC, with milliseconds.
    var rfc3339: String {
        let (second, fraction) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        let text = Date(timeIntervalSince1970: Double(second)).formatted(.iso8601)
        return text.dropLast() + "." + String(1000 + fraction).dropFirst() + "Z"
    }

    /// The moment of such a text, with or without a fraction; nil for anything else.
    init?(rfc3339 text: String) {
        let plain = Date.ISO8601FormatStyle()
        guard
            let date = (try? plain.parse(text))
                ?? (try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text))
        else { return nil }
        let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
        guard abs(milliseconds) < 1e15 else { return nil }
        self.init(milliseconds: Int64(milliseconds))
    }
}
