import Foundation
import NIOCore

/// A request with `{token}` where a token belongs.
struct RequestTemplate: Decodable {
    private enum CodingKeys: CodingKey { case name, head, body }

    /// What the report calls it.
    let name: String
    private let head: [String]
    private let body: [String]
    private let bodyBytes: Int

    /// Reads `name`, `head` (request line and fields, without `Content-Length`) and, for a request that has one, `body`.
    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        head = try Self.parts(values.decode([String].self, forKey: .head).joined(separator: "\r\n"))
        body = try values.decodeIfPresent(String.self, forKey: .body).map(Self.parts) ?? []
        bodyBytes = body.reduce(0) { $0 + $1.utf8.count }
    }

    private static func parts(_ text: String) -> [String] { text.components(separatedBy: "{token}") }

    /// Writes the request for a token.
    func write(_ token: String, to buffer: inout ByteBuffer) {
        Self.write(head, token, to: &buffer)
        if body.isEmpty {
            buffer.writeStaticString("\r\n\r\n")
        } else {
            buffer.writeString("\r\nContent-Length: \(bodyBytes + (body.count - 1) * token.utf8.count)\r\n\r\n")
            Self.write(body, token, to: &buffer)
        }
    }

    private static func write(_ parts: [String], _ token: String, to buffer: inout ByteBuffer) {
        for (index, part) in parts.enumerated() {
            if index > 0 { buffer.writeString(token) }
            buffer.writeString(part)
        }
    }
}
