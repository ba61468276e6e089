internal import Exeunt
internal import Settlement

/// A stream as its receiver sees it (SSF 1.0 §8.1.1).
struct StreamConfiguration: Encodable, Sendable {
    struct Delivery: Encodable, Sendable {
        var method: String
        var endpointUrl: String
    }

    var streamId: String
    var iss: String
    var aud: String
    var eventsSupported: [String]
    var eventsRequested: [String]?
    var eventsDelivered: [String]
    var delivery: Delivery
    var description: String?
    var minVerificationInterval = Int(StreamTerms.verificationInterval.components.seconds)
}

/// What a receiver sends of a stream: its own part, and ours if it likes, which must be as it is then.
struct StreamBody: Decodable {
    struct Delivery: Decodable {
        var method: String
        var endpoint_url: String?
        var authorization_header: String?
    }

    /// One text, or several (RFC 7519 §4.1.3).
    struct Audience: Decodable {
        var texts: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                texts = [text]
            } else {
                texts = try container.decode([String].self)
            }
        }
    }

    var stream_id: String?
    var iss: String?
    var aud: Audience?
    var events_supported: [String]?
    var events_requested: [String]?
    var events_delivered: [String]?
    var delivery: Delivery?
    var description: String?
    var min_verification_interval: Int?

    /// Throws a 400 when something that is ours is not as it is (SSF 1.0 §8.1.1.3).
    func check(against now: StreamConfiguration) throws(HTTPProblem) {
        let differing: [(String, Bool)] = [
            ("iss", iss ?? now.iss != now.iss), ("aud", aud?.texts ?? [now.aud] != [now.aud]),
            ("events_supported", Set(events_supported ?? now.eventsSupported) != Set(now.eventsSupported)),
            ("events_delivered", isOther(events_delivered, than: now.eventsDelivered)),
            (
                "min_verification_interval",
                min_verification_interval ?? now.minVerificationInterval != now.minVerificationInterval
            ),
        ]
        if let name = differing.first(where: \.1)?.0 {
            throw .badRequest("\(name) is ours, and not what it says.")
        }
    }

    private func isOther(_ said: [String]?, than now: [String]) -> Bool { said.map { Set($0) != Set(now) } ?? false }

    /// What is wished of a stream; one that is fetched has an address of ours, which may be said again.
    func wish(pollingAt address: String?) throws(HTTPProblem) -> StreamWish {
        StreamWish(
            delivery: try delivery.map { given throws(HTTPProblem) in try wish(given, pollingAt: address) },
            eventsRequested: events_requested, description: description)
    }

    private func wish(_ delivery: Delivery, pollingAt address: String?) throws(HTTPProblem) -> StreamWish.Delivery {
        switch delivery.method {
        case StreamTerms.push:
            guard let endpoint = delivery.endpoint_url, !endpoint.isEmpty else {
                throw .badRequest("delivery.endpoint_url is missing: events are pushed to an address of yours.")
            }
            return .push(endpoint: endpoint, authorization: delivery.authorization_header)
        case StreamTerms.poll:
            guard delivery.endpoint_url == nil || delivery.endpoint_url == address else {
                throw .badRequest("delivery.endpoint_url is ours to give: events are fetched from an address of ours.")
            }
            return .poll
        default: throw .badRequest("delivery.method is \(StreamTerms.push) or \(StreamTerms.poll).")
        }
    }
}
