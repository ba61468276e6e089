internal import NIOHTTP1
internal import Settlement

extension AuthorityClient {
    /// Asks for what the log has after what is applied, which is acknowledged by asking; the answer may be held for `wait`.
    func poll(_ poll: FeedPoll, wait: Duration, patience: Duration) async throws(AuthorityFailure) -> FeedAnswer {
        var query = [("verifier", "\(poll.follower)"), ("after", "\(poll.after)"), ("wait", "\(wait.milliseconds)")]
        if let node = poll.node { query.append(("node", "\(node)")) }
        if let lease = poll.leaseMilliseconds { query.append(("lease", "\(lease)")) }
        let answer = try await ask(
            .GET, "/v1/feed", query: query, patience: patience, atMost: Limits.feedAnswerBytes)
        try answer.expect(200)
        return try answer.json(FeedAnswerBody.self).answer()
    }

    /// Gives the lease back that is not used any more.
    func handBack(_ follower: Identifier) async throws(AuthorityFailure) {
        try await ask(.DELETE, "/v1/feed/\(follower)", patience: Limits.farewellTime).expect(204)
    }

    /// The authority's public keys as they are now: `nonce` makes an address that no cache on the way has seen.
    func keys(nonce: UInt64) async throws(AuthorityFailure) -> PublicKeys {
        let answer = try await ask(.GET, "/.well-known/jwks.json", query: [("fresh", "\(nonce)")])
        try answer.expect(200)
        do {
            return try PublicKeys(jwks: answer.bytes)
        } catch {
            throw .unreachable(error.description)
        }
    }

    /// What the authority says of an access token (RFC 7662); nil when it is not active.
    func introspect(_ token: String) async throws(AuthorityFailure) -> Introspection? {
        let answer = try await post("/introspect", form: [("token", token), ("token_type_hint", "access_token")])
        try answer.expect(200)
        let introspection = try answer.json(Introspection.self)
        return introspection.active ? introspection : nil
    }
}

/// What is compared of an introspection's answer.
struct Introspection: Decodable, Sendable {
    var active: Bool
    var tokenUse: String?
    var iss: String?
    var sub: String?
    var sid: String?
    var jti: String?

    private enum CodingKeys: String, CodingKey {
        case active, iss, sub, sid, jti
        case tokenUse = "token_use"
    }
}
