/// What the user allows and asks for.
package struct AuditOptions: Sendable {
    /// Only these probes; all where it is empty.
    package var only: Set<String> = []
    package var skip: Set<String> = []
    package var allowsPasswordChange = false
    package var allowsWaiting = false

    package init() {}
}
