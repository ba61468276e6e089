internal import Logging

/// Who somebody once was at a provider: an ID token that it has issued, shown again later (OpenID Connect Core 1.0 §2 and §3.1.2.1).
///
/// It may have expired long ago: it says who is meant, and proves nothing about who shows it.
package struct IDTokenHint: Hashable, Sendable {
    package let issuer: String
    package let subject: String
    /// The provider's session, if the token names one (`sid`).
    package let session: String?
    /// For whom it was issued.
    package let audience: [String]

    /// Nil for any token that is none of these: of another type, or one that tells of events.
    init?(_ token: GenuineToken) {
        let claims = token.claims
        guard token.type == nil || token.type == "jwt", claims["events"] == nil,
            let subject = claims["sub"]?.string, !subject.isEmpty, let audience = claims["aud"]?.strings,
            claims["iat"]?.moment != nil, claims["exp"]?.moment != nil
        else { return nil }
        if let session = claims["sid"], session.string == nil { return nil }
        issuer = token.provider.issuer
        self.subject = subject
        session = claims["sid"]?.string
        self.audience = audience
    }
}

extension Authority {
    /// What an ID token of one of the registered providers says, whether it has expired or not; nil for any other text, and where its
    /// provider's keys cannot be had.
    package func readIDTokenHint(_ text: String) async throws(AuthorityError) -> IDTokenHint? {
        guard let providerKeys, let token = try? ForeignToken(text), let issuer = token.claimedIssuer,
            let provider = try await store.provider(issuer)
        else { return nil }
        do throws(ProviderKeys.Fault) {
            return IDTokenHint(try await providerKeys.genuine(token, of: provider))
        } catch {
            logger.notice("an ID token was not accepted", metadata: ["issuer": "\(issuer)", "why": "\(error)"])
            return nil
        }
    }
}
