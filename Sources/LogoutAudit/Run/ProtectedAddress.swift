/// A protected address, and how its answers are told apart.
struct ProtectedAddress: Sendable {
    var path: String
    var rule: RefusalRule
    /// The signed-in answer that it was learned from.
    var signedIn: [Exchange]
}
