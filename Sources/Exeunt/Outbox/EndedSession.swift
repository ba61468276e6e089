package import Settlement

/// A session that is over, as it is told to those who are registered to hear of it.
package struct EndedSession: Hashable, Sendable {
    /// Its place in the outbox: above that of every ending that was committed before.
    package var number: UInt64
    package var session: Identifier
    package var subject: Subject
    /// The client that had opened it.
    package var clientID: String
    package var upstream: Session.Upstream?
    /// Its place in the status lists, if it had one.
    package var statusIndex: UInt64?
    package var reason: EndingReason
    package var at: Timestamp

    package init(
        number: UInt64, session: Identifier, subject: Subject, clientID: String, upstream: Session.Upstream? = nil,
        statusIndex: UInt64? = nil, reason: EndingReason, at: Timestamp
    ) {
        self.number = number
        self.session = session
        self.subject = subject
        self.clientID = clientID
        self.upstream = upstream
        self.statusIndex = statusIndex
        self.reason = reason
        self.at = at
    }
}
