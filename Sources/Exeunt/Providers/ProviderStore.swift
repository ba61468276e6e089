/// The providers whose sign-outs are heard, and what has been heard.
package protocol ProviderStore: Sendable {
    /// All providers, in order of their creation.
    func providers() async throws(AuthorityError) -> [Provider]

    func provider(_ issuer: String) async throws(AuthorityError) -> Provider?

    /// Adds a provider, with `provider.added`; throws `alreadyExists` when there is one of that issuer.
    func add(_ provider: Provider, by: Provenance) async throws(AuthorityError)

    /// Removes a provider, with `provider.removed`; says whether there was one. Sessions that it vouched for go on.
    func removeProvider(_ issuer: String, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool

    /// Whether something has been heard before, and is still remembered.
    func hasHeard(_ what: Heard) async throws(AuthorityError) -> Bool

    /// Remembers until then that something has been heard.
    func note(_ what: Heard, until: Timestamp) async throws(AuthorityError)
}
