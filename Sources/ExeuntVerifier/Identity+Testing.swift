public import Foundation
internal import Settlement

extension Identity {
    /// An identity that nobody has verified, for the unit tests of an application's routes.
    ///
    /// No token stands behind it, so no server may make one: who makes a request, ``TokenVerifier`` alone says. Each `session` is another
    /// session of the subject.
    public static func forTesting(
        subject: String, session: UInt64 = 1, clientID: String = "testing",
        authenticatedAt: Date = Date(timeIntervalSince1970: 0), expiresAt: Date = Date(timeIntervalSince1970: 900)
    ) -> Identity {
        let (sid, jti) = (Identifier(high: 0, low: session), Identifier(high: 1, low: session))
        let payload = TokenPayload(
            iss: "testing", sub: subject, aud: [], exp: Int64(expiresAt.timeIntervalSince1970),
            iat: Int64(authenticatedAt.timeIntervalSince1970), nbf: nil, jti: "\(jti)", clientID: clientID,
            sid: "\(sid)", ver: 0, gen: 0, authTime: Int64(authenticatedAt.timeIntervalSince1970))
        let claims = TokenClaims(token: jti, session: sid, subject: subject, version: 0, epoch: 0)
        return Identity(token: VerifiedToken(payload, claims: claims, text: [], skew: 0))
    }
}

extension TokenPayload {
    fileprivate init(
        iss: String, sub: String, aud: [String], exp: Int64, iat: Int64, nbf: Int64?, jti: String, clientID: String,
        sid: String, ver: UInt64, gen: UInt64, authTime: Int64
    ) {
        self.iss = iss
        self.sub = sub
        self.aud = aud
        self.exp = exp
        self.iat = iat
        self.nbf = nbf
        self.jti = jti
        self.clientID = clientID
        self.sid = sid
        self.ver = ver
        self.gen = gen
        self.authTime = authTime
    }
}
