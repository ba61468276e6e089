/// One record of the log: a token, a session, a subject's sessions or everything is over.
package struct Revocation: Hashable, Sendable {
    /// What is over.
    package enum Target: Hashable, Sendable {
        /// One access token, by its `jti`.
        case token(Identifier)
        /// Every token of one session, by its `sid`.
        case session(Identifier)
        /// Every token of a subject whose version is below `version`, but for those of the session `except`.
        case subject(String, version: UInt64, except: Identifier?)
        /// Every token whose epoch is below `epoch`.
        case all(epoch: UInt64)
    }

    /// The record's place in the log: numbered from 1 in commit order, without gaps.
    package var seq: UInt64
    package var target: Target
    /// When every token that this could match has expired, in milliseconds since 1970; the record may go then.
    package var until: Int64

    package init(seq: UInt64, target: Target, until: Int64) {
        self.seq = seq
        self.target = target
        self.until = until
    }

    /// Whether this record ends a token that says `claims` of itself.
    package func matches(_ claims: TokenClaims) -> Bool {
        switch target {
        case .token(let token): claims.token == token
        case .session(let session): claims.session == session
        case .subject(let subject, let version, let except):
            claims.subject == subject && claims.version < version && claims.session != except
        case .all(let epoch): claims.epoch < epoch
        }
    }
}
