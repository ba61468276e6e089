/// A question about a web application's sign-out, and how it is answered from outside.
package struct Probe: Sendable {
    package enum Group: String, CaseIterable, Sendable {
        case replay = "After the sign-out"
        case refresh = "Refresh tokens"
        case route = "The sign-out's address"
        case cookies = "Cookies"
        case pages = "Pages and answers"
        case signIn = "The sign-in"
        case devices = "Other devices"
        case browser = "The browser after the sign-out"
        case tokens = "Signed tokens"
        case time = "Time"
    }

    /// Stable; in kebab-case.
    package let id: String
    /// What is so where it passes.
    package let title: String
    package let group: Group
    /// The clauses of the standards that it stands for.
    package let clauses: [String]
    package let severity: Severity
    /// What it sends, for a dry run.
    package let sends: String
    /// The probes whose failure is the same fault, seen more simply; it is told once.
    let follows: [String]
    let examine: @Sendable (Auditor) async throws -> Finding

    init(
        _ id: String, _ title: String, group: Group, clauses: [String], severity: Severity, sends: String,
        follows: [String] = [], examine: @escaping @Sendable (Auditor) async throws -> Finding
    ) {
        self.id = id
        self.title = title
        self.group = group
        self.clauses = clauses
        self.severity = severity
        self.sends = sends
        self.follows = follows
        self.examine = examine
    }
}
