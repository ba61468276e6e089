/// Why a question to the authority was not answered as it should have been.
public enum AuthorityFailure: Error, Hashable, Sendable {
    /// The credential is over, was never one, or is another client's: sign in again (`invalid_grant`).
    case credentialOver
    /// The authority does not let this client do that: its id, its secret or its scopes are wrong.
    case clientRefused(status: Int)
    /// The authority has something against the request itself.
    case refused(status: Int, String)
    /// The authority cannot do it now.
    case unavailable(retryAfter: Duration)
    /// No answer came, or none that makes sense; whether it was done is not known.
    case unreachable(String)
}

extension AuthorityFailure: CustomStringConvertible {
    /// What to write into a log.
    public var description: String {
        switch self {
        case .credentialOver: "the credential is not accepted"
        case .clientRefused(let status):
            "the authority refuses this client (\(status)): check its id, its secret and its scopes"
        case .refused(let status, let why): "the authority refuses (\(status)): \(why)"
        case .unavailable: "the authority cannot do it now"
        case .unreachable(let why): "no answer from the authority: \(why)"
        }
    }
}
