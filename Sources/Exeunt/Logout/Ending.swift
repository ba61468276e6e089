package import Settlement

/// Something to end: what the store does in one transaction.
package struct Ending: Sendable {
    package enum Target: Hashable, Sendable {
        /// One session with its remembered login; with an `owner`, only if it is that subject's.
        case session(Identifier, owner: Subject?)
        /// All sessions and remembered logins of a subject, but for the session `except` and its remembered login.
        case subject(Subject, except: Identifier?)
        /// A remembered login and the sessions that it opened.
        case rememberedLogin(SecretHash)
        /// One access token, whose session goes on.
        case token(Identifier, of: Identifier)
        /// The sessions that a provider vouched for, each with its remembered login: those of its session, or those of its subject,
        /// or those of both when both are named; at most ``Limits/sweepBatch`` of them in one transaction.
        ///
        /// That its session has ended is remembered for ``Limits/upstreamEndMemory``.
        case upstream(issuer: String, session: String?, subject: String?)
        /// Every session of everyone.
        case everyone
    }

    /// What changes for the kept session in the same transaction: a new handle, because the person has just proved who
    /// they are (ASVS 7.2.4).
    package struct Renewal: Sendable {
        package var handleHash: SecretHash
        package var authenticatedAt: Timestamp

        package init(handleHash: SecretHash, authenticatedAt: Timestamp) {
            self.handleHash = handleHash
            self.authenticatedAt = authenticatedAt
        }
    }

    package var target: Target
    package var reason: EndingReason
    package var at: Timestamp
    /// When every access token that this ends has expired.
    package var revokedUntil: Timestamp
    package var by: Provenance
    /// For `subject` with `except` alone.
    package var renewal: Renewal?
    /// A change to the built-in account that must happen together with the ending, or not at all.
    package var accountChange: AccountChange?

    package init(
        _ target: Target, reason: EndingReason, at: Timestamp, revokedUntil: Timestamp, by: Provenance,
        renewal: Renewal? = nil, accountChange: AccountChange? = nil
    ) {
        self.target = target
        self.reason = reason
        self.at = at
        self.revokedUntil = revokedUntil
        self.by = by
        self.renewal = renewal
        self.accountChange = accountChange
    }
}
