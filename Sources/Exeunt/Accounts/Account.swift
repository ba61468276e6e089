/// An account of the built-in sign-in.
package struct Account: Hashable, Sendable {
    package var subject: Subject
    /// In lower case; what the person signs in with.
    package var email: String
    /// An encoded password hash (``PasswordHasher``), never the password.
    package var passwordHash: String
    package var disabled: Bool
    package var createdAt: Timestamp

    package init(subject: Subject, email: String, passwordHash: String, disabled: Bool, createdAt: Timestamp) {
        self.subject = subject
        self.email = email
        self.passwordHash = passwordHash
        self.disabled = disabled
        self.createdAt = createdAt
    }
}
