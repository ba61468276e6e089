/// Why a token is not accepted.
public enum VerificationError: Error, Hashable, Sendable {
    /// It is not a token of the authority's form.
    case malformed
    /// It is signed, but it is not an access token (RFC 9068 §4, `typ`).
    case wrongType
    /// It names no key, or none that the authority has.
    case unknownKey
    /// The signature is not that key's, or not of that key's algorithm.
    case badSignature
    /// Somebody else issued it.
    case wrongIssuer
    /// It is meant for somebody else.
    case wrongAudience
    /// It is from the future.
    case notYetValid
    case expired
    /// Its session, or the token itself, has been ended.
    case ended
    /// Whether it has been ended cannot be known now; the same token may be accepted later.
    case stale(retryAfter: Duration)
}

extension VerificationError: CustomStringConvertible {
    /// What to write into a log.
    public var description: String {
        switch self {
        case .malformed: "the access token is malformed"
        case .wrongType: "the token is not an access token"
        case .unknownKey: "the access token is signed by an unknown key"
        case .badSignature: "the access token's signature is wrong"
        case .wrongIssuer: "the access token has another issuer"
        case .wrongAudience: "the access token is meant for another audience"
        case .notYetValid: "the access token is from the future"
        case .expired: "the access token has expired"
        case .ended: "the session has been ended"
        case .stale: "whether the session lives cannot be known now"
        }
    }
}
