package import Settlement

/// What ``Opening`` has, but for what only the remembered login knows.
package struct ResumedOpening: Sendable {
    package var id: Identifier
    package var clientID: String
    package var device: Device
    package var at: Timestamp
    package var idleEnd: Timestamp
    package var absoluteEnd: Timestamp
    package var handleHash: SecretHash
    package var refreshFamilyHash: SecretHash?
    package var limit: ConcurrencyLimit?
    package var revokedUntil: Timestamp
    package var by: Provenance
    /// Whether the session gets the next place in the status lists.
    package var wantsStatusIndex = false

    package init(
        id: Identifier, clientID: String, device: Device, at: Timestamp, idleEnd: Timestamp, absoluteEnd: Timestamp,
        handleHash: SecretHash, refreshFamilyHash: SecretHash?, limit: ConcurrencyLimit?, revokedUntil: Timestamp,
        by: Provenance
    ) {
        self.id = id
        self.clientID = clientID
        self.device = device
        self.at = at
        self.idleEnd = idleEnd
        self.absoluteEnd = absoluteEnd
        self.handleHash = handleHash
        self.refreshFamilyHash = refreshFamilyHash
        self.limit = limit
        self.revokedUntil = revokedUntil
        self.by = by
    }
}
