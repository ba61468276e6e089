/// What a receiver says of a stream of its own (SSF 1.0 §8.1.1).
package struct StreamWish: Hashable, Sendable {
    package enum Delivery: Hashable, Sendable {
        /// To an address, with the value of an `Authorization` header: nil for the one that it has, an empty one for none.
        case push(endpoint: String, authorization: String?)
        case poll
    }

    /// Nil for what is not said; so are the others.
    package var delivery: Delivery?
    package var eventsRequested: [String]?
    package var description: String?

    package init(delivery: Delivery? = nil, eventsRequested: [String]? = nil, description: String? = nil) {
        self.delivery = delivery
        self.eventsRequested = eventsRequested
        self.description = description
    }

    /// What keeps it from being granted, whatever the stream; nil when nothing does.
    var fault: String? {
        if let events = eventsRequested {
            guard events.count <= Limits.eventsRequested,
                events.allSatisfy({ !$0.isEmpty && $0.clipped(toBytes: Limits.eventTypeBytes) == $0 })
            else {
                return """
                    events_requested has at most \(Limits.eventsRequested) URIs, each of 1 to \(Limits.eventTypeBytes) bytes
                    """
            }
        }
        if let description, description.clipped(toBytes: Limits.streamTextBytes) != description {
            return "description has at most \(Limits.streamTextBytes) bytes and no control characters"
        }
        guard case .push(let endpoint, let authorization) = delivery else { return nil }
        guard endpoint.utf8.count <= Limits.endpointBytes else {
            return "endpoint_url has at most \(Limits.endpointBytes) bytes"
        }
        if let authorization {
            guard authorization.utf8.count <= Limits.authorizationBytes,
                authorization.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
            else { return "authorization_header is one line of at most \(Limits.authorizationBytes) ASCII characters" }
        }
        return nil
    }
}
