/// The audit trail.
///
/// Events of sessions are written by the verb that causes them; this adds the ones that change nothing.
package protocol AuditLog: Sendable {
    /// Appends an event.
    func record(_ event: AuditEvent) async throws(AuthorityError)

    /// The events that a filter admits, in order.
    func auditEvents(_ filter: AuditFilter) async throws(AuthorityError) -> [AuditEvent]
}
