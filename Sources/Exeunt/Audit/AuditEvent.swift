package import Settlement

/// One line of the audit trail: who did what to which session, from where, and why.
package struct AuditEvent: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case sessionOpened = "session.opened"
        case sessionRefreshed = "session.refreshed"
        case sessionEnded = "session.ended"
        case sessionExpired = "session.expired"
        /// Others, everywhere, by policy, or everyone's: one event however many sessions it ended.
        case sessionsEnded = "sessions.ended"
        case refreshReuse = "refresh.reuse"
        case rememberOpened = "remember.opened"
        case rememberResumed = "remember.resumed"
        case rememberReuse = "remember.reuse"
        case rememberEnded = "remember.ended"
        case signInFailed = "sign_in.failed"
        case signInThrottled = "sign_in.throttled"
        case accountChanged = "account.changed"
        case clientAdded = "client.added"
        case clientChanged = "client.changed"
        case clientRemoved = "client.removed"
        case keyRotated = "key.rotated"
        case tokenRevoked = "token.revoked"
        case receiverAdded = "receiver.added"
        case receiverChanged = "receiver.changed"
        case receiverRemoved = "receiver.removed"
        case providerAdded = "provider.added"
        case providerRemoved = "provider.removed"
    }

    /// Its number in the trail; 0 until it is stored.
    package var number: Int64 = 0
    package var at: Timestamp
    package var kind: Kind
    package var subject: String?
    package var session: Identifier?
    package var clientID: String?
    package var by: Provenance
    /// An ``EndingReason``, or what was changed or attempted.
    package var reason: String?
    /// How many sessions it touched, where that is not one.
    package var count: Int?

    package init(
        _ kind: Kind, at: Timestamp, subject: String? = nil, session: Identifier? = nil, clientID: String? = nil,
        by: Provenance, reason: String? = nil, count: Int? = nil
    ) {
        self.at = at
        self.kind = kind
        self.subject = subject
        self.session = session
        self.clientID = clientID
        self.by = by
        self.reason = reason
        self.count = count
    }
}
