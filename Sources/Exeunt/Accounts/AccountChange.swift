/// A change to an account of the built-in sign-in.
package enum AccountChange: Hashable, Sendable {
    case password(Subject, hash: String)
    /// Throws `alreadyExists` when another account has that address.
    case email(Subject, email: String)
    case disable(Subject)
    case delete(Subject)
}
