internal import Foundation
package import JWTKit
package import Settlement

/// The claims of an access token (RFC 9068 §2.2), with our own three: the session, and the two counters that end it.
package struct AccessTokenPayload: Codable, Hashable, Sendable {
    package var iss: String
    package var sub: String
    package var aud: [String]
    /// Seconds since 1970, as are `iat` and `auth_time`.
    package var exp: Int64
    package var iat: Int64
    package var jti: String
    package var clientID: String
    package var sid: String
    package var ver: UInt64
    package var gen: UInt64
    package var authTime: Int64
    /// Where whoever does not follow can look it up (draft-ietf-oauth-status-list §6.1); nobody who follows looks at it.
    package var status: Status?

    package struct Status: Codable, Hashable, Sendable {
        package struct Place: Codable, Hashable, Sendable {
            package var idx: UInt64
            package var uri: String
        }

        package var statusList: Place

        enum CodingKeys: String, CodingKey {
            case statusList = "status_list"
        }
    }

    enum CodingKeys: String, CodingKey {
        case iss, sub, aud, exp, iat, jti, sid, ver, gen, status
        case clientID = "client_id"
        case authTime = "auth_time"
    }

    /// What a revocation can match, or nil when the identifiers are not ours.
    package var claims: TokenClaims? {
        guard let token = Identifier(jti), let session = Identifier(sid) else { return nil }
        return TokenClaims(token: token, session: session, subject: sub, version: ver, epoch: gen)
    }
}

extension AccessTokenPayload: JWTPayload {
    /// Nothing here: the signature is JWTKit's to check, the claims are ``SigningKeys/read(_:issuer:)``'s.
    package func verify(using algorithm: some JWTAlgorithm) {}
}
