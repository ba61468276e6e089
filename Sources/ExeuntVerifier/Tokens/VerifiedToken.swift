internal import Settlement

/// A token that has been found genuine and meant for us, and what it says.
///
/// Whether it has expired or been ended is asked each time.
final class VerifiedToken: Sendable {
    let claims: TokenClaims
    let sessionID: String
    let tokenID: String
    let clientID: String
    let authenticatedAtSeconds: Int64
    let expiresAtSeconds: Int64
    /// From when on it is accepted, and from when on no more, in milliseconds since 1970, with the allowed skew.
    let acceptedFrom: Int64
    let refusedFrom: Int64
    /// How long the authority's word on it may be kept; nil where the feed is followed.
    let confirmation: Lease?
    private let text: [UInt8]

    init(_ payload: TokenPayload, claims: TokenClaims, text: [UInt8], skew: Int64, confirmation: Lease? = nil) {
        self.claims = claims
        self.text = text
        self.confirmation = confirmation
        sessionID = payload.sid
        tokenID = payload.jti
        clientID = payload.clientID
        authenticatedAtSeconds = payload.authTime
        expiresAtSeconds = payload.exp
        acceptedFrom = max(payload.iat, payload.nbf ?? payload.iat) * 1000 - skew
        refusedFrom = payload.exp * 1000 + skew
    }

    /// Whether this is the token of that very text, in time that depends on the lengths alone.
    func isOf(_ other: UnsafeRawBufferPointer) -> Bool {
        text.withUnsafeBytes { own in
            guard own.count == other.count else { return false }
            var difference: UInt64 = 0
            var offset = 0
            while offset + 8 <= own.count {
                difference |=
                    own.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                    ^ other.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                offset += 8
            }
            while offset < own.count {
                difference |= UInt64(own[offset] ^ other[offset])
                offset += 1
            }
            return difference == 0
        }
    }
}
