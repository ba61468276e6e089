/// What every store writes about a resumption, whatever its tables are.
extension ResumedOpening {
    /// The whole opening, with what the remembered login knows.
    package func opening(
        of subject: Subject, authenticatedAt: Timestamp, upstream: Session.Upstream?
    ) -> Opening {
        var opening = Opening(
            id: id, subject: subject, clientID: clientID, device: device, upstream: upstream, at: at,
            authenticatedAt: authenticatedAt, idleEnd: idleEnd, absoluteEnd: absoluteEnd, handleHash: handleHash,
            refreshFamilyHash: refreshFamilyHash, limit: limit, revokedUntil: revokedUntil, by: by)
        opening.wantsStatusIndex = wantsStatusIndex
        return opening
    }

    /// The event of the resumption of a subject's remembered login.
    package func event(_ kind: AuditEvent.Kind, of subject: Subject, reason: String? = nil) -> AuditEvent {
        AuditEvent(kind, at: at, subject: subject.name, clientID: clientID, by: by, reason: reason)
    }

    /// The end of all that a subject has, because a remember-me token of it was used again.
    package func endingAll(of subject: Subject) -> Ending {
        Ending(
            .subject(subject, except: nil), reason: .rememberReuse, at: at, revokedUntil: revokedUntil,
            by: by.asAuthority)
    }
}
