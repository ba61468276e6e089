internal import Settlement

/// Reads access tokens as RFC 9068 §4 and RFC 8725 §3 say.
struct TokenRules: Sendable {
    let issuer: String
    let audience: String
    /// The allowed difference between clocks, in milliseconds.
    let skew: Int64

    private struct Header {
        let typ: String?
        let alg: String?
        let kid: String?

        /// Nil where it names what a reader has to understand (RFC 7515 §4.1.11): we understand nothing of the kind.
        init?(_ object: JSONObject) {
            if object.has("crit") { return nil }
            (typ, alg, kid) = (object.string("typ"), object.string("alg"), object.string("kid"))
        }
    }

    /// The three parts of a token, and what the first says.
    private struct Parts {
        var header: Header
        var payload: [UInt8]
        var signature: [UInt8]
        var signed: ArraySlice<UInt8>
    }

    /// What a token says, if a key of these has signed it and it is meant for us.
    func read(_ text: [UInt8], keys: PublicKeys) throws(VerificationError) -> VerifiedToken {
        let parts = try split(text)
        guard let kid = parts.header.kid, let key = keys[kid] else { throw .unknownKey }
        guard parts.header.alg == key.algorithm, key.isSignature(parts.signature, of: parts.signed) else {
            throw .badSignature
        }
        return try read(parts.payload, text: text)
    }

    /// Throws when a text is not even of the form of an access token.
    func checkForm(_ text: [UInt8]) throws(VerificationError) { _ = try split(text) }

    /// What a token says that the authority itself has vouched for just now.
    func read(_ text: [UInt8], confirmation: Lease) throws(VerificationError) -> VerifiedToken {
        try read(try split(text).payload, text: text, confirmation: confirmation)
    }

    private func split(_ text: [UInt8]) throws(VerificationError) -> Parts {
        guard (Limits.shortestTokenBytes...Limits.tokenBytes).contains(text.count) else { throw .malformed }
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed }
        let decoded = parts.compactMap { Base64URL.decode(ascii: $0) }
        guard decoded.count == 3, let header = JSONObject(decoded[0]).flatMap(Header.init) else { throw .malformed }
        // RFC 9068 §4: either form, in whatever case (RFC 7515 §4.1.9).
        guard let type = header.typ?.lowercased(), type == "at+jwt" || type == "application/at+jwt" else {
            throw .wrongType
        }
        return Parts(
            header: header, payload: decoded[1], signature: decoded[2], signed: text[..<parts[1].endIndex])
    }

    private func read(
        _ bytes: [UInt8], text: [UInt8], confirmation: Lease? = nil
    ) throws(VerificationError) -> VerifiedToken {
        guard let payload = JSONObject(bytes).flatMap(TokenPayload.init), !payload.sub.isEmpty,
            let token = Identifier(payload.jti), let session = Identifier(payload.sid)
        else { throw .malformed }
        let moments = [payload.iat, payload.exp, payload.nbf ?? 0, payload.authTime]
        // Far beyond any of these a sum of milliseconds would overflow.
        guard moments.allSatisfy({ (0...1 << 42).contains($0) }), payload.iat < payload.exp else { throw .malformed }
        guard payload.iss == issuer else { throw .wrongIssuer }
        guard payload.aud.contains(audience) else { throw .wrongAudience }
        let claims = TokenClaims(
            token: token, session: session, subject: payload.sub, version: payload.ver, epoch: payload.gen)
        return VerifiedToken(payload, claims: claims, text: text, skew: skew, confirmation: confirmation)
    }
}
