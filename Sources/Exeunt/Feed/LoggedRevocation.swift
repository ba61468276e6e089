package import Settlement

/// A record of the log with what the person is told about it.
package struct LoggedRevocation: Hashable, Sendable {
    package var revocation: Revocation
    package var reason: EndingReason
    package var at: Timestamp

    package init(revocation: Revocation, reason: EndingReason, at: Timestamp) {
        self.revocation = revocation
        self.reason = reason
        self.at = at
    }
}
