/// The claims of an access token (RFC 9068 §2.2), with the authority's own: `sid`, `ver` and `gen`.
struct TokenPayload: Sendable {
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

    /// The claims of an object; nil when one is missing or of another type.
    init?(_ object: JSONObject) {
        guard let iss = object.string("iss"), let sub = object.string("sub"), let aud = object.strings("aud"),
            let exp = object.integer("exp"), let iat = object.integer("iat"), let jti = object.string("jti"),
            let clientID = object.string("client_id"), let sid = object.string("sid"),
            let ver = object.integer("ver"), let gen = object.integer("gen"),
            let authTime = object.integer("auth_time"), ver >= 0, gen >= 0
        else { return nil }
        let nbf = object.integer("nbf")
        guard nbf != nil || !object.has("nbf") else { return nil }
        (self.iss, self.sub, self.aud, self.jti, self.clientID, self.sid) = (iss, sub, aud, jti, clientID, sid)
        (self.exp, self.iat, self.nbf, self.authTime) = (exp, iat, nbf, authTime)
        (self.ver, self.gen) = (UInt64(ver), UInt64(gen))
    }
}
