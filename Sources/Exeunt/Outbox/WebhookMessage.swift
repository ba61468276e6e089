internal import Crypto
internal import Foundation
internal import Settlement

/// The end of a session as a JSON document, with the headers that prove where it comes from (Standard Webhooks).
package struct WebhookMessage: Sendable {
    private struct Body: Encodable {
        struct Ended: Encodable {
            struct Upstream: Encodable {
                var issuer: String
                var sid: String?
                var sub: String?
            }

            enum CodingKeys: String, CodingKey {
                case session = "session_id"
                case subject
                case client = "client_id"
                case reason
                case endedAt = "ended_at"
                case upstream
            }

            var session: String
            var subject: String
            var client: String
            var reason: String
            var endedAt: String
            var upstream: Upstream?

            /// With null where there is nothing, so that every document has the same members.
            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(session, forKey: .session)
                try container.encode(subject, forKey: .subject)
                try container.encode(client, forKey: .client)
                try container.encode(reason, forKey: .reason)
                try container.encode(endedAt, forKey: .endedAt)
                try container.encode(upstream, forKey: .upstream)
            }
        }

        var type = "session.ended"
        var timestamp: String
        var data: Ended
    }

    package var id: String
    /// Seconds since 1970.
    package var timestamp: Int64
    /// The same at each attempt.
    package var body: [UInt8]
    package var signature: String

    /// What a receiver is told now, signed with its secret; throws `corrupted` when that cannot be written.
    package init(
        _ ended: EndedSession, to receiver: Receiver, secret: WebhookSecret, at now: Timestamp
    ) throws(AuthorityError) {
        let upstream = ended.upstream.map {
            Body.Ended.Upstream(issuer: $0.issuer, sid: $0.session, sub: $0.subject)
        }
        let document = Body(
            timestamp: ended.at.text,
            data: Body.Ended(
                session: ended.session.description, subject: ended.subject.name, client: ended.clientID,
                reason: ended.reason.rawValue, endedAt: ended.at.text, upstream: upstream))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(document) else {
            throw .corrupted("the end of the session \(ended.session) cannot be written as JSON")
        }
        id = EventIdentifier.ended(ended.session, to: receiver.id)
        timestamp = now.seconds
        body = Array(data)
        signature = secret.signature(of: body, id: id, timestamp: timestamp)
    }

    package var headers: [(name: String, value: String)] {
        [
            ("content-type", "application/json"), ("webhook-id", id), ("webhook-timestamp", String(timestamp)),
            ("webhook-signature", signature),
        ]
    }
}

extension Timestamp {
    /// The moment in RFC 3339, UTC, with milliseconds.
    fileprivate var text: String {
        let (second, fraction) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        let whole = Date(timeIntervalSince1970: Double(second)).formatted(.iso8601)
        return whole.dropLast() + "." + String(1000 + fraction).dropFirst() + "Z"
    }
}
