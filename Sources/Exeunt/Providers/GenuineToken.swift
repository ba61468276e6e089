/// A token that a provider has issued, beyond doubt: signed by one of its keys, with that key's algorithm.
///
/// What kind of token it is, for whom, and whether in time, is for the rules of each kind to say.
package struct GenuineToken: Sendable {
    package let provider: Provider
    /// Its media type (``ForeignToken/type``).
    package let type: String?
    package let claims: [String: StrictJSON]

    /// Nil when the token names another issuer, or none of the keys has signed it.
    package init?(_ token: ForeignToken, of provider: Provider, signedBy keys: ProviderKeySet) {
        guard let issuer = token.claimedIssuer, issuer.isExactly(provider.issuer), keys.hasSigned(token) else {
            return nil
        }
        self.provider = provider
        type = token.type
        claims = token.claims
    }
}
