package import Settlement

/// What Redis says of one token: the values of ``DenylistKeys/check(_:)``.
package struct DenylistAnswer: Hashable, Sendable {
    /// Which run of Redis is vouched for; nil when nobody vouches.
    package var run: String?
    package var keysVersion: String?
    private var epoch: UInt64 = 0
    private var version: UInt64 = 0
    private var except: String?
    private var isNamed: Bool

    /// Throws when a value is not of the layout: a record that is passed over is a sign-out that is not heard of.
    package init(_ reply: RedisReply) throws(RedisFailure) {
        if case .refusal(let why) = reply { throw .refused(why) }
        guard let values = reply.list, values.count == 6 else { throw .notUnderstood }
        run = values[0].text
        keysVersion = values[1].text
        if let text = values[2].text {
            guard let epoch = UInt64(text) else { throw .notUnderstood }
            self.epoch = epoch
        }
        if let text = values[3].text {
            let words = text.split(separator: " ", omittingEmptySubsequences: false)
            guard (1...2).contains(words.count), let version = UInt64(words[0]) else { throw .notUnderstood }
            self.version = version
            except = words.count > 1 ? String(words[1]) : nil
        }
        isNamed = values[4] != .nothing || values[5] != .nothing
    }

    /// Whether a token that says `claims` of itself has been ended.
    package func isOver(_ claims: TokenClaims) -> Bool {
        if claims.epoch < epoch || isNamed { return true }
        return claims.version < version && claims.session.description != except
    }
}
