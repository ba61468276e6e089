/// A logout token that a provider has issued for us, in time (OpenID Connect Back-Channel Logout 1.0 §2.4).
///
/// There is no other way to one than through the rules of §2.6, and they are this type's alone: what a security event may say, or must,
/// is the opposite in places (RFC 8725 §3.12).
package struct LogoutToken: Hashable, Sendable {
    /// Which rule a token breaks.
    package struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// The one event that it tells of.
    package static let event = "http://schemas.openid.net/event/backchannel-logout"

    package let issuer: String
    package let id: String
    /// The provider's session that is over; nil when all of the subject's are.
    package let session: String?
    package let subject: String?
    /// Until when it would be accepted.
    package let acceptedUntil: Timestamp

    /// Reads a token at a moment; throws the first rule that it breaks.
    package init(_ token: GenuineToken, at now: Timestamp) throws(Fault) {
        let claims = token.claims
        try Self.checkType(token)
        guard let audience = claims["aud"]?.strings, audience.contains(where: token.provider.audience.isExactly) else {
            throw Fault(description: "aud does not name us")
        }
        acceptedUntil = try Self.acceptedUntil(claims, at: now)
        guard let id = try Self.name(claims, "jti") else { throw Fault(description: "jti is missing") }
        guard let events = claims["events"]?.object, events.count == 1, events[Self.event]?.object != nil else {
            throw Fault(description: "events has not \(Self.event) alone, with an object")
        }
        guard claims["nonce"] == nil else { throw Fault(description: "nonce is there") }
        (session, subject) = (try Self.name(claims, "sid"), try Self.name(claims, "sub"))
        guard session != nil || subject != nil else { throw Fault(description: "sid and sub are both missing") }
        issuer = token.provider.issuer
        self.id = id
    }

    /// `typ` is `logout+jwt`; a provider that is known to leave it out may also say plain `JWT` or nothing (§2.4), and never
    /// the type of another kind of token.
    private static func checkType(_ token: GenuineToken) throws(Fault) {
        switch token.type {
        case "logout+jwt": return
        case nil, "jwt":
            guard token.provider.requiresType else { return }
            throw Fault(description: "typ is not logout+jwt")
        default: throw Fault(description: "typ is not logout+jwt")
        }
    }

    private static func acceptedUntil(
        _ claims: [String: StrictJSON], at now: Timestamp
    ) throws(Fault) -> Timestamp {
        guard let issued = claims["iat"]?.moment else { throw Fault(description: "iat is missing or no time") }
        guard let end = claims["exp"]?.moment else { throw Fault(description: "exp is missing or no time") }
        guard issued <= now + Limits.clockSkew else { throw Fault(description: "iat is in the future") }
        if let start = claims["nbf"] {
            guard let start = start.moment, start <= now + Limits.clockSkew else {
                throw Fault(description: "nbf is in the future or no time")
            }
        }
        guard now < end + Limits.clockSkew else { throw Fault(description: "exp is past") }
        let until = min(end, issued + Limits.logoutTokenAge) + Limits.clockSkew
        guard now < until else { throw Fault(description: "iat is too long ago") }
        return until
    }

    /// A claim that is a name, if it is there.
    private static func name(_ claims: [String: StrictJSON], _ claim: String) throws(Fault) -> String? {
        guard let value = claims[claim] else { return nil }
        guard let name = value.string, !name.isEmpty, name.utf8.count <= Limits.upstreamBytes else {
            throw Fault(description: "\(claim) is no string of 1 to \(Limits.upstreamBytes) bytes")
        }
        return name
    }
}
