internal import JWTKit
internal import Settlement

/// The claims of a security event token with one event (RFC 8417, SSF 1.0 §4).
///
/// Its rules are its own, and the opposite of those of a logout token: whom it is about is `sub_id`, and it never has a `sub` or an
/// `exp`.
package struct SecurityEventToken<Event: ToldEvent>: TypedPayload {
    package static var type: String { "secevent+jwt" }

    package var iss: String
    package var aud: String
    /// Seconds since 1970.
    package var iat: Int64
    package var jti: String
    package var txn: String?
    package var subjectID: Event.SubjectID
    package var events: [String: Event]

    enum CodingKeys: String, CodingKey {
        case iss, aud, iat, jti, txn, events
        case subjectID = "sub_id"
    }

    private init(
        issuer: String, receiver: Receiver, at now: Timestamp, jti: String, about: Event.SubjectID, _ event: Event
    ) {
        iss = issuer
        aud = receiver.clientID
        iat = now.seconds
        self.jti = jti
        subjectID = about
        events = [Event.uri: event]
    }
}

/// What a security event token tells of.
package protocol ToldEvent: Codable, Hashable, Sendable {
    associatedtype SubjectID: Codable, Hashable, Sendable

    /// Its event type.
    static var uri: String { get }
}

extension SecurityEventToken where Event == SessionRevokedEvent {
    /// What a stream is told now of a session that has ended.
    package init(_ ended: EndedSession, to receiver: Receiver, issuer: String, at now: Timestamp) {
        self.init(
            issuer: issuer, receiver: receiver, at: now,
            jti: EventIdentifier.ended(ended.session, to: receiver.id),
            about: SessionRevokedEvent.SubjectID(ended, issuer: issuer), SessionRevokedEvent(ended))
        txn = EventIdentifier.transaction(ended.session)
    }
}

extension SecurityEventToken where Event == VerificationEvent {
    /// What a stream is told that has asked whether it is heard.
    package init(_ verification: Receiver.Verification, to receiver: Receiver, issuer: String, at now: Timestamp) {
        self.init(
            issuer: issuer, receiver: receiver, at: now,
            jti: EventIdentifier.verification(verification.id, to: receiver.id),
            about: OpaqueSubject(receiver.id.description), VerificationEvent(state: verification.state))
    }
}

/// An opaque name (RFC 9493 §3.2.7).
package struct OpaqueSubject: Codable, Hashable, Sendable {
    package var format = "opaque"
    package var id: String

    package init(_ id: String) { self.id = id }
}
