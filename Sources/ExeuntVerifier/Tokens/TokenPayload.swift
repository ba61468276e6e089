internal import Foundation

/// The claims of an access token (RFC 9068 §2.2), with the authority's own: `sid`, `ver` and `gen`.
struct TokenPayload: Decodable, Sendable {
    let iss: String
    let sub: String
    /// One or several (RFC 7519 §4.1.3).
    let aud: [String]
    let exp: Int64
    let iat: Int64
    let nbf: Int64?
    let jti: String
    let clientID: String
    let sid: String
    let ver: UInt64
    let gen: UInt64
    let authTime: Int64

    private enum CodingKeys: String, CodingKey {
        case iss, sub, aud, exp, iat, nbf, jti, sid, ver, gen
        case clientID = "client_id"
        case authTime = "auth_time"
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        iss = try members.decode(String.self, forKey: .iss)
        sub = try members.decode(String.self, forKey: .sub)
        aud = try (try? [members.decode(String.self, forKey: .aud)]) ?? members.decode([String].self, forKey: .aud)
        exp = try members.decode(Int64.self, forKey: .exp)
        iat = try members.decode(Int64.self, forKey: .iat)
        nbf = try members.contains(.nbf) ? members.decode(Int64.self, forKey: .nbf) : nil
        jti = try members.decode(String.self, forKey: .jti)
        clientID = try members.decode(String.self, forKey: .clientID)
        sid = try members.decode(String.self, forKey: .sid)
        ver = try members.decode(UInt64.self, forKey: .ver)
        gen = try members.decode(UInt64.self, forKey: .gen)
        authTime = try members.decode(Int64.self, forKey: .authTime)
    }
}
