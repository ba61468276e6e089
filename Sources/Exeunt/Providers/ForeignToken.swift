internal import Settlement

/// A token that somebody else says to have signed, taken apart and not yet believed (JWS, RFC 7515 §7.1).
package struct ForeignToken: Sendable {
    /// Why a text is no such token.
    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    /// Its media type, without `application/` and in lower case (RFC 7515 §4.1.9); nil when it says none.
    package let type: String?
    package let algorithm: String
    package let keyID: String?
    package let claims: [String: StrictJSON]
    let signature: [UInt8]
    /// What is signed.
    let message: [UInt8]

    /// Takes a token apart.
    ///
    /// Keys that it brings or points to itself (`jwk`, `jku`, `x5c`, `x5u`) are not even looked at; one that asks for what a reader
    /// would have to understand (`crit`, RFC 7515 §4.1.11) is refused, since we understand nothing of the kind.
    package init(_ text: String) throws(Fault) {
        guard text.utf8.count <= Limits.foreignTokenBytes else {
            throw Fault(description: "the token has more than \(Limits.foreignTokenBytes) bytes")
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Base64URL.decode(parts[0]), let body = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw Fault(description: "the token is no JWS of three parts in base64url") }
        guard let header = StrictJSON(head)?.object, let claims = StrictJSON(body)?.object else {
            throw Fault(description: "the token's header or claims are no JSON object, or have a name twice")
        }
        guard header["crit"] == nil else { throw Fault(description: "the token has a header crit") }
        guard let algorithm = header["alg"]?.string else { throw Fault(description: "the token has no alg") }
        type = try Self.text(header["typ"], named: "typ").map(Self.mediaType)
        keyID = try Self.text(header["kid"], named: "kid")
        self.algorithm = algorithm
        self.claims = claims
        self.signature = signature
        message = Array("\(parts[0]).\(parts[1])".utf8)
    }

    /// Who says to have issued it.
    package var claimedIssuer: String? { claims["iss"]?.string }

    private static func text(_ value: StrictJSON?, named name: String) throws(Fault) -> String? {
        guard let value else { return nil }
        guard let text = value.string else { throw Fault(description: "the token's \(name) is no string") }
        return text
    }

    private static func mediaType(_ text: String) -> String {
        let lower = text.lowercased()
        return lower.hasPrefix("application/") ? String(lower.dropFirst("application/".count)) : lower
    }
}
