/// Which events of the audit trail to read.
package struct AuditFilter: Hashable, Sendable {
    package var subject: String?
    /// Any of these; empty means all.
    package var kinds: Set<AuditEvent.Kind> = []
    package var from: Timestamp?
    package var to: Timestamp?
    /// Only events with a number above this.
    package var after: Int64 = 0
    /// At most ``Limits/auditEventsPerPage``.
    package var limit: Int = Limits.auditEventsPerPage
    /// Newest first, the newest `limit` of them.
    package var newestFirst: Bool = false

    package init() {}
}
