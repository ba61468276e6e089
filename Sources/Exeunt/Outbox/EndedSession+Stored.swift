package import Settlement

/// How a session that is over comes to its place in a store, and back from there.
extension EndedSession {
    /// What is told of a session that has been live until now; it has no place yet.
    package init(_ session: Session, because reason: EndingReason, at moment: Timestamp) {
        self.init(
            number: 0, session: session.id, subject: session.subject, clientID: session.clientID,
            upstream: session.upstream, statusIndex: session.statusIndex, reason: reason, at: moment)
    }

    /// What is told of a session whose row has outlived it: that it ended by itself, if its end came before its ending.
    package init(
        _ session: Session, becauseUnlessExpired reason: EndingReason, at moment: Timestamp
    ) {
        let expired = session.expiresAt <= moment
        self.init(
            session, because: expired ? session.reasonOfExpiry : reason, at: expired ? session.expiresAt : moment)
    }

    /// The ending of a row that a store has of it; throws `corrupted` for a reason that there is none of.
    package init(
        number: Int64, session: Identifier, subject: Subject, clientID: String, upstream: Session.Upstream?,
        statusIndex: Int64?, reason: String, at moment: Timestamp
    ) throws {
        guard let known = EndingReason(rawValue: reason) else {
            throw AuthorityError.corrupted("the outbox has the unknown reason \(reason)")
        }
        self.init(
            number: UInt64(clamping: number), session: session, subject: subject, clientID: clientID,
            upstream: upstream, statusIndex: statusIndex.map { UInt64(clamping: $0) }, reason: known, at: moment)
    }
}

extension Session {
    /// Which of its ends is the one that it comes to.
    package var reasonOfExpiry: EndingReason { absoluteEnd <= idleEnd ? .absoluteTimeout : .idleTimeout }
}
