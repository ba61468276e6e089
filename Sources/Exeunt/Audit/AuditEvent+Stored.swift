package import Settlement

extension AuditEvent {
    /// The event of a row that a store has of it; throws `corrupted` for a kind or an actor that there is none of.
    package init(
        number: Int64, at: Timestamp, kind: String, subject: String?, session: Identifier?, clientID: String?,
        actor: Int64, actorName: String?, address: String?, userAgent: String?, reason: String?, count: Int64?
    ) throws {
        guard let known = Kind(rawValue: kind) else {
            throw AuthorityError.corrupted("the audit trail has an event of the unknown kind \(kind)")
        }
        var by = Provenance(actor: try ActorColumns.actor(kind: actor, name: actorName))
        by.address = address
        by.userAgent = userAgent
        self.init(
            known, at: at, subject: subject, session: session, clientID: clientID, by: by, reason: reason,
            count: count.map { Int($0) })
        self.number = number
    }
}
