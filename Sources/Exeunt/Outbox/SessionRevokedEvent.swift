internal import Settlement

/// That a session is over (CAEP 1.0 §3.1).
package struct SessionRevokedEvent: ToldEvent {
    package static let uri = "https://schemas.openid.net/secevent/caep/event-type/session-revoked"

    /// The session, and whose it was (RFC 9493 §3.2.8, a complex subject).
    package struct SubjectID: Codable, Hashable, Sendable {
        package struct User: Codable, Hashable, Sendable {
            package var format = "iss_sub"
            package var iss: String
            package var sub: String
        }

        package var format = "complex"
        package var user: User
        package var session: OpaqueSubject

        init(_ ended: EndedSession, issuer: String) {
            user = User(iss: issuer, sub: ended.subject.name)
            session = OpaqueSubject(ended.session.description)
        }
    }

    /// Who has begun it (CAEP 1.0 §2).
    package enum InitiatingEntity: String, Codable, Hashable, Sendable {
        case user, admin, policy, system
    }

    /// When it ended, in seconds since 1970.
    package var eventTimestamp: Int64
    package var initiatingEntity: InitiatingEntity
    /// By language: for logs, and for the person.
    package var reasonAdmin: [String: String]
    package var reasonUser: [String: String]

    enum CodingKeys: String, CodingKey {
        case eventTimestamp = "event_timestamp"
        case initiatingEntity = "initiating_entity"
        case reasonAdmin = "reason_admin"
        case reasonUser = "reason_user"
    }

    package init(_ ended: EndedSession) {
        eventTimestamp = ended.at.seconds
        initiatingEntity = ended.reason.initiatingEntity
        reasonAdmin = ["en": ended.reason.rawValue]
        reasonUser = ["en": ended.reason.sentence]
    }
}

extension EndingReason {
    fileprivate var initiatingEntity: SessionRevokedEvent.InitiatingEntity {
        switch self {
        case .signedOut, .signedOutOthers, .signedOutEverywhere, .endedByUser, .passwordChanged, .passwordReset,
            .emailChanged, .factorChanged, .accountDeleted, .securityConcern:
            .user
        case .endedByAdministrator, .accountDisabled: .admin
        case .refreshReuse, .rememberReuse, .sessionLimit, .idleTimeout, .absoluteTimeout: .policy
        case .providerLogout, .providerEvent, .revoked: .system
        }
    }

    /// What the person can be told.
    fileprivate var sentence: String {
        switch self {
        case .signedOut: "You signed out."
        case .signedOutOthers: "You signed out your other devices."
        case .signedOutEverywhere: "You signed out everywhere."
        case .endedByUser: "You ended this session from another device."
        case .endedByAdministrator: "An administrator ended this session."
        case .passwordChanged: "Your password was changed."
        case .passwordReset: "Your password was reset."
        case .emailChanged: "Your e-mail address was changed."
        case .factorChanged: "The way in which you prove who you are was changed."
        case .securityConcern: "Something about your account did not look right."
        case .accountDisabled: "Your account was disabled."
        case .accountDeleted: "Your account was deleted."
        case .refreshReuse, .rememberReuse: "A sign-in of yours was used twice, perhaps by somebody else."
        case .sessionLimit: "You signed in on more devices than are allowed at once."
        case .idleTimeout: "You were away for too long."
        case .absoluteTimeout: "It has been too long since you signed in."
        case .providerLogout: "You signed out where you had signed in."
        case .providerEvent: "The provider that you signed in with reported something about your account."
        case .revoked: "An application ended this session."
        }
    }
}
