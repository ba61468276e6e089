internal import Foundation

/// A request for security events, with what became of earlier ones (RFC 8936 §2.2 and §2.4).
package struct EventPoll: Hashable, Sendable {
    package var acknowledged: [String]
    package var refused: [String: SecurityEventFault]
    package var maxEvents: Int

    private struct Body: Encodable {
        struct Fault: Encodable {
            var err: String
            var description: String
        }

        var ack: [String]
        var setErrs: [String: Fault]
        var maxEvents: Int
        var returnImmediately = false
    }

    /// The request's body.
    package var body: [UInt8] {
        let body = Body(
            ack: acknowledged,
            setErrs: refused.mapValues { Body.Fault(err: $0.code.rawValue, description: $0.description) },
            maxEvents: maxEvents)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(body)).map(Array.init) ?? []
    }

    /// The tokens of an answer's body by `jti`, or nil when it is none (RFC 8936 §2.3).
    package static func sets(_ answer: [UInt8]) -> [String: String]? {
        guard let sets = StrictJSON(answer)?.object?["sets"]?.object else { return nil }
        let texts = sets.compactMapValues(\.string)
        return texts.count == sets.count ? texts : nil
    }
}
