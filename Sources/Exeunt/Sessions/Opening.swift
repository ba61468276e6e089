package import Settlement

/// A session to open: all that the store needs to write it in one transaction.
package struct Opening: Sendable {
    package var id: Identifier
    package var subject: Subject
    package var clientID: String
    package var device: Device
    /// With a session of it that is known to have ended there, the opening is refused: the sign-out has overtaken the sign-in.
    package var upstream: Session.Upstream?
    /// Whether it gets the next place in the status lists; no place is ever given twice.
    package var wantsStatusIndex = false
    package var at: Timestamp
    package var authenticatedAt: Timestamp
    package var idleEnd: Timestamp
    package var absoluteEnd: Timestamp
    package var handleHash: SecretHash
    /// Nil for a session that has no refresh token, such as a browser's.
    package var refreshFamilyHash: SecretHash?
    /// A login to remember along with it.
    package var remembering: RememberedLogin?
    /// A session that this one takes the place of and that ends with it: the browser's old one (ASVS 7.2.4).
    package var replacing: SecretHash?
    package var limit: ConcurrencyLimit?
    /// When every access token of a session that is displaced has expired.
    package var revokedUntil: Timestamp
    package var by: Provenance

    package init(
        id: Identifier, subject: Subject, clientID: String, device: Device, upstream: Session.Upstream? = nil,
        at: Timestamp, authenticatedAt: Timestamp, idleEnd: Timestamp, absoluteEnd: Timestamp, handleHash: SecretHash,
        refreshFamilyHash: SecretHash?, remembering: RememberedLogin? = nil, replacing: SecretHash? = nil,
        limit: ConcurrencyLimit? = nil, revokedUntil: Timestamp, by: Provenance
    ) {
        self.id = id
        self.subject = subject
        self.clientID = clientID
        self.device = device
        self.upstream = upstream
        self.at = at
        self.authenticatedAt = authenticatedAt
        self.idleEnd = idleEnd
        self.absoluteEnd = absoluteEnd
        self.handleHash = handleHash
        self.refreshFamilyHash = refreshFamilyHash
        self.remembering = remembering
        self.replacing = replacing
        self.limit = limit
        self.revokedUntil = revokedUntil
        self.by = by
    }
}
