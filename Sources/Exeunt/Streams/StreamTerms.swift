/// What every stream of security events has in common (SSF 1.0 §8.1.1).
package enum StreamTerms {
    /// Deliveries by our own requests (RFC 8935).
    package static let push = "urn:ietf:rfc:8935"
    /// Deliveries that the receiver fetches (RFC 8936).
    package static let poll = "urn:ietf:rfc:8936"
    /// The events that a stream can have.
    package static let supported = [SessionRevokedEvent.uri]
    /// How long a receiver waits between two requests for a verification event.
    package static let verificationInterval: Duration = .seconds(10)
}

extension Receiver {
    /// Whether it is a stream of security events.
    package var isStream: Bool { kind == .eventPush || kind == .eventPoll }

    /// The events that a stream gets: those it has asked for, of those that there are.
    package var eventsDelivered: [String] {
        eventsRequested.isEmpty ? StreamTerms.supported : StreamTerms.supported.filter(eventsRequested.contains)
    }
}
