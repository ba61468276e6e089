/// What the user allows and asks for.
package struct AuditOptions: Sendable {
    /// Only these probes; all where it is empty.
    package var only: Set<String> = []
    package var skip: Set<String> = []
    package var allowsPasswordChange = false
    package var allowsWaiting = false
    /// Without the probes that need a browser.
    package var leavesBrowserOut = false

    package init() {}
}
