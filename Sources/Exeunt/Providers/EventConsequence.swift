/// What has to end because of a security event.
package enum EventConsequence: Hashable, Sendable {
    /// The sessions that were opened with one session of the provider.
    case upstreamSession(String)
    /// The sessions that were opened with anything of one of the provider's subjects.
    case upstreamSubject(String)
    /// All sessions of whoever has an account of ours with that address.
    case address(String)

    private static let caep = "https://schemas.openid.net/secevent/caep/event-type/"
    private static let risc = "https://schemas.openid.net/secevent/risc/event-type/"

    /// A session is over (CAEP 1.0 §3.1).
    private static let sessionRevoked = caep + "session-revoked"

    /// Events after which no session of the subject may go on: whoever opened one may not be who it was, or may not be let in any more
    /// (CAEP 1.0 §3.3; RISC 1.0 §2).
    private static let grave: Set = [
        caep + "credential-change",
        risc + "account-credential-change-required",
        risc + "account-disabled",
        risc + "account-purged",
        risc + "credential-compromise",
        risc + "identifier-changed",
        risc + "identifier-recycled",
        risc + "sessions-revoked",
    ]

    /// What follows from an event: nothing for the events that say that all is well, for those that only inform, and for those that we
    /// do not know (RFC 8417 §2.2: a recipient decides what it makes of an event).
    package static func all(of event: SecurityEvent) -> [EventConsequence] {
        if event.type == sessionRevoked { return ofSession(event.subject, issuer: event.issuer) }
        return grave.contains(event.type) ? ofSubject(event.subject, issuer: event.issuer) : []
    }

    /// A provider speaks for its own people alone: the subject of another issuer is nobody.
    private static func ofSubject(_ subject: EventSubject, issuer: String) -> [EventConsequence] {
        switch subject {
        case .issuerSubject(let named, let name): named.isExactly(issuer) ? [.upstreamSubject(name)] : []
        case .opaque(let name): [.upstreamSubject(name)]
        case .email(let address): [.address(address)]
        case .aliases(let aliases): aliases.flatMap { ofSubject($0, issuer: issuer) }
        case .complex(let parts): parts["user"].map { ofSubject($0, issuer: issuer) } ?? []
        case .other: []
        }
    }

    /// A simple opaque subject is the session itself or the user (CAEP 1.0 §3.1), so it may be either here.
    ///
    /// Of a complex one the session says it all. Without one that we can know, which of the user's sessions are meant cannot be told, so
    /// all of them end.
    private static func ofSession(_ subject: EventSubject, issuer: String) -> [EventConsequence] {
        switch subject {
        case .opaque(let name): [.upstreamSession(name), .upstreamSubject(name)]
        case .complex(let parts):
            parts["session"].map(session).flatMap { $0.isEmpty ? nil : $0 } ?? ofSubject(subject, issuer: issuer)
        case .issuerSubject, .email, .aliases, .other: ofSubject(subject, issuer: issuer)
        }
    }

    private static func session(_ part: EventSubject) -> [EventConsequence] {
        switch part {
        case .opaque(let name): [.upstreamSession(name)]
        case .aliases(let aliases): aliases.flatMap(session)
        case .issuerSubject, .email, .complex, .other: []
        }
    }
}
