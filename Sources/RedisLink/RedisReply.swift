internal import CHiredis

/// What Redis answers to one command.
package enum RedisReply: Hashable, Sendable {
    case nothing
    case integer(Int64)
    case text(String)
    case list([RedisReply])
    /// An error, in Redis' own words.
    case refusal(String)

    /// The reply that hiredis has read.
    init(_ reply: redisReply) {
        switch reply.type {
        case REDIS_REPLY_INTEGER: self = .integer(reply.integer)
        case REDIS_REPLY_STRING, REDIS_REPLY_STATUS: self = .text(Self.text(of: reply))
        case REDIS_REPLY_ERROR: self = .refusal(Self.text(of: reply))
        case REDIS_REPLY_ARRAY:
            let elements = UnsafeBufferPointer(start: reply.element, count: reply.elements)
            self = .list(elements.map { $0.map { RedisReply($0.pointee) } ?? .nothing })
        default: self = .nothing
        }
    }

    private static func text(of reply: redisReply) -> String {
        guard let bytes = reply.str else { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: bytes, count: reply.len), as: UTF8.self)
    }

    /// The text of it; nil for anything else.
    package var text: String? { if case .text(let text) = self { text } else { nil } }

    /// The parts of it; nil for anything but a list.
    package var list: [RedisReply]? { if case .list(let parts) = self { parts } else { nil } }
}
