internal import JWTKit
internal import Settlement

/// The claims of a logout token (OpenID Connect Back-Channel Logout 1.0 §2.4).
///
/// Its rules are its own, and the opposite of those of a security event token: it has `exp` and `sub`, and never a `nonce`.
package struct LogoutTokenPayload: TypedPayload, Hashable {
    package static let type = "logout+jwt"
    /// Seconds that it may be used for: two minutes at the most are recommended.
    private static let life: Int64 = 120

    package struct Events: Codable, Hashable, Sendable {
        package struct Nothing: Codable, Hashable, Sendable {}

        package var logout = Nothing()

        enum CodingKeys: String, CodingKey {
            case logout = "http://schemas.openid.net/event/backchannel-logout"
        }
    }

    package var iss: String
    package var sub: String
    package var sid: String
    package var aud: String
    /// Seconds since 1970, as is `exp`.
    package var iat: Int64
    package var exp: Int64
    package var jti: String
    package var events = Events()

    /// What a client's receiver is told now of a session that has ended.
    package init(_ ended: EndedSession, to receiver: Receiver, issuer: String, at now: Timestamp) {
        iss = issuer
        sub = ended.subject.name
        sid = ended.session.description
        aud = receiver.clientID
        iat = now.seconds
        exp = now.seconds + Self.life
        jti = EventIdentifier.ended(ended.session, to: receiver.id)
    }

    /// When nobody accepts it any more.
    package var end: Timestamp { Timestamp(seconds: exp) + Limits.clockSkew }
}
