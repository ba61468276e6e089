internal import Foundation
internal import Hummingbird
internal import NIOCore

extension Request {
    /// The bytes of the body.
    ///
    /// Throws a 413 beyond ``HTTPLimits/bodyBytes``.
    private func bodyBytes() async throws -> ByteBuffer {
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > HTTPLimits.bodyBytes {
            throw HTTPProblem.bodyTooLarge
        }
        do {
            return try await body.collect(upTo: HTTPLimits.bodyBytes)
        } catch is NIOTooManyBytesError {
            throw HTTPProblem.bodyTooLarge
        }
    }

    private func hasContentType(_ expected: String) -> Bool {
        let type = headers[.contentType]?.prefix { $0 != ";" } ?? ""
        return type.split(whereSeparator: \.isWhitespace).joined().lowercased() == expected
    }

    /// The fields of a posted form; an empty body is an empty form whatever its type.
    ///
    /// Throws a 415 for another content type, and what ``FormFields`` throws.
    func form() async throws -> FormFields {
        let bytes = try await bodyBytes()
        guard hasContentType("application/x-www-form-urlencoded") || bytes.readableBytes == 0 else {
            throw HTTPProblem.unsupportedMediaType
        }
        return try FormFields(parsing: bytes.readableBytesView)
    }

    /// A body of that content type, as a text.
    ///
    /// Throws a 415 for another content type, and a 400 for what is not UTF-8.
    func text(_ type: String) async throws -> String {
        let bytes = try await bodyBytes()
        guard hasContentType(type) else { throw HTTPProblem.unsupportedMediaType }
        guard let text = String(validating: bytes.readableBytesView, as: UTF8.self) else {
            throw HTTPProblem.badRequest("The body is not UTF-8.")
        }
        return text
    }

    /// The value of a JSON body.
    ///
    /// Throws a 415 for another content type, and a 400 that names the place for a body that is not what is wanted.
    func json<Value: Decodable>(_ type: Value.Type) async throws -> Value {
        let bytes = try await bodyBytes()
        guard hasContentType("application/json") else { throw HTTPProblem.unsupportedMediaType }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes.readableBytesView))
        } catch let error as DecodingError {
            throw HTTPProblem.badRequest(error.explanation)
        } catch {
            throw HTTPProblem.badRequest("The body is not JSON.")
        }
    }
}

extension DecodingError {
    /// What is wrong and where, without repeating what was sent.
    fileprivate var explanation: String {
        func place(_ path: [any CodingKey]) -> String {
            path.isEmpty ? "The body" : path.map(\.stringValue).joined(separator: ".")
        }
        return switch self {
        case .typeMismatch(let type, let context): "\(place(context.codingPath)) is not \(Self.name(of: type))."
        case .valueNotFound(_, let context): "\(place(context.codingPath)) is null."
        case .keyNotFound(let key, let context): "\(place(context.codingPath + [key])) is missing."
        case .dataCorrupted(let context):
            context.codingPath.isEmpty ? "The body is not valid JSON." : "\(place(context.codingPath)) is not valid."
        @unknown default: "The body is not what it should be."
        }
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is Int.Type, is Int64.Type, is Double.Type: "a number"
        default: "an object"
        }
    }
}
