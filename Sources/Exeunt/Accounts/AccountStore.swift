/// Where the built-in sign-in keeps its accounts.
///
/// Changes go with the endings that they cause: ``AuthorityStore/end(_:)``.
package protocol AccountStore: Sendable {
    /// The account that signs in with that address (compared in lower case).
    func account(email: String) async throws(AuthorityError) -> Account?

    /// The account of that subject.
    func account(of subject: Subject) async throws(AuthorityError) -> Account?

    /// Adds an account; throws `alreadyExists` when its subject or address is taken.
    func add(_ account: Account) async throws(AuthorityError)
}
