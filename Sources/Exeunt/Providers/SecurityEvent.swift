/// A security event token that a provider has issued for us (RFC 8417 §2; SSF 1.0 §4).
///
/// Its rules are this type's alone: unlike a logout token it has a `sub_id`, and neither `sub` nor `exp`.
package struct SecurityEvent: Hashable, Sendable {
    package let issuer: String
    package let id: String
    /// What has happened: the one member of `events`.
    package let type: String
    package let subject: EventSubject
    /// Until when it would be accepted.
    package let acceptedUntil: Timestamp

    /// Reads a token at a moment; throws the first rule that it breaks.
    package init(_ token: GenuineToken, at now: Timestamp) throws(SecurityEventFault) {
        let claims = token.claims
        guard token.type == "secevent+jwt" else { throw .invalidRequest("typ is not secevent+jwt") }
        guard let audience = claims["aud"]?.strings else { throw .invalidAudience("aud is missing, or no audience") }
        guard audience.contains(where: token.provider.audience.isExactly) else {
            throw .invalidAudience("aud does not name us")
        }
        for claim in ["sub", "exp"] where claims[claim] != nil {
            throw .invalidRequest("\(claim) is there, which a security event has not")
        }
        guard let issued = claims["iat"]?.moment else { throw .invalidRequest("iat is missing or no time") }
        guard issued <= now + Limits.clockSkew else { throw .invalidRequest("iat is in the future") }
        acceptedUntil = issued + Limits.securityEventAge + Limits.clockSkew
        guard now < acceptedUntil else { throw .invalidRequest("iat is too long ago") }
        guard let id = claims["jti"]?.string, !id.isEmpty, id.utf8.count <= Limits.upstreamBytes else {
            throw .invalidRequest("jti is no string of 1 to \(Limits.upstreamBytes) bytes")
        }
        guard let events = claims["events"]?.object, events.count == 1, let event = events.first,
            event.value.object != nil
        else { throw .invalidRequest("events has not exactly one event, with an object") }
        guard let named = claims["sub_id"] else { throw .invalidRequest("sub_id is missing") }
        subject = try EventSubject(named)
        issuer = token.provider.issuer
        type = event.key
        self.id = id
    }
}
