/// What every store writes about a rotation, whatever its tables are.
extension Rotation {
    /// The event of a rotation of a session's refresh token.
    package func event(_ kind: AuditEvent.Kind, of session: Session, reason: String? = nil) -> AuditEvent {
        AuditEvent(
            kind, at: at, subject: session.subject.name, session: session.id, clientID: session.clientID, by: by,
            reason: reason)
    }

    /// The end of all that a subject has, because a token of it was used again.
    package func endingAll(of subject: Subject) -> Ending {
        Ending(
            .subject(subject, except: nil), reason: .refreshReuse, at: at, revokedUntil: revokedUntil,
            by: by.asAuthority)
    }
}
