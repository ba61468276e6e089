/// What a store finds when it looks at itself.
package struct StoreDiagnosis: Hashable, Sendable {
    /// What is wrong, in words for an operator; empty when nothing is.
    package var problems: [String]
    package var liveSessions: Int
    package var head: UInt64
    package var schemaVersion: String
    /// Bytes on disk.
    package var size: Int64

    package init(problems: [String], liveSessions: Int, head: UInt64, schemaVersion: String, size: Int64) {
        self.problems = problems
        self.liveSessions = liveSessions
        self.head = head
        self.schemaVersion = schemaVersion
        self.size = size
    }
}

/// A store that can be asked how it is, and told to stop.
package protocol DiagnosableStore: Sendable {
    /// Whether it answers: cheap, for readiness.
    func ping() async throws(AuthorityError)

    /// How many transactions have been committed since the start; with many writers at once, far fewer than writes.
    var commitCount: Int { get }

    /// Finishes what is under way; every verb throws `storeUnavailable` from then on. For the end of the program.
    func close()

    /// Looks at everything: the storage's integrity, counters against rows, the log's numbering. Reads all of it.
    func diagnose(at now: Timestamp) async throws(AuthorityError) -> StoreDiagnosis
}

/// A store with everything that the authority keeps.
package typealias Store =
    AuthorityStore & AccountStore & ClientStore & SigningKeyStore & AuditLog & DiagnosableStore & OutboxStore
    & ProviderStore
