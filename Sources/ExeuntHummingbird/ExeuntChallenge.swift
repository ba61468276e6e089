/// What is said to whoever shows no token, or one that is not accepted (RFC 6750 §3).
enum ExeuntChallenge {
    /// No error code, since there was nothing to be wrong (§3.1).
    static let noToken = #"Bearer realm="exeunt""#
    static let invalidToken = #"Bearer realm="exeunt", error="invalid_token""#
}
