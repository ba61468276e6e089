internal import ExeuntVerifier

extension VerificationError {
    /// Whether a new access token is likely to be accepted where this one is refused.
    ///
    /// A slow clock, or another issuer or audience than the authority's, refuses the next one just as well: the refresh token would be
    /// exchanged with every request, for ever.
    var isMendedByRefresh: Bool {
        switch self {
        case .malformed, .unknownKey, .badSignature, .expired, .ended: true
        case .wrongType, .wrongIssuer, .wrongAudience, .notYetValid, .stale: false
        }
    }
}
