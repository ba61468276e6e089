internal import Exeunt
internal import HTTPTypes
internal import Hummingbird
internal import Settlement

/// The cookies of a browser's session: their names, how they are set, and how they are deleted so that it works.
///
/// A cookie is deleted only by one of the same name, path and host, and one with the `__Host-` prefix only with `Secure` and
/// `Path=/` (RFC 6265bis §5.7); so both are made in one place.
struct SessionCookies: Sendable {
    private let isSecure: Bool

    /// Over TLS with the `__Host-` prefix and `Secure`; on a plain-http loopback host without.
    init(isSecure: Bool) { self.isSecure = isSecure }

    var sessionName: String { isSecure ? "__Host-session" : "session" }
    var rememberName: String { isSecure ? "__Host-remember" : "remember" }

    /// The `Set-Cookie` of a session: it goes when the browser is closed, and the server knows when it ends anyway.
    func set(_ handle: SessionHandle) -> String { cookie(sessionName, handle.revealed, maxAgeSeconds: nil) }

    /// The `Set-Cookie` of a remembered login, with the life that is left to it.
    func set(_ token: RotatingToken, until end: Timestamp, now: Timestamp) -> String {
        cookie(rememberName, token.revealed, maxAgeSeconds: max(1, end.since(now).milliseconds / 1000))
    }

    /// The `Set-Cookie`s that delete every cookie of a session.
    ///
    /// Those that we set, and those that an application's adapter may have set beside them: browsers keep the latter over
    /// TLS alone.
    var deletions: [String] {
        let adapters = isSecure ? ["__Host-access", "__Host-refresh"] : []
        return ([sessionName, rememberName] + adapters).map { cookie($0, "", maxAgeSeconds: 0) }
    }

    /// The one that deletes the remembered login alone.
    var rememberDeletion: String { cookie(rememberName, "", maxAgeSeconds: 0) }

    private func cookie(_ name: String, _ value: String, maxAgeSeconds: Int64?) -> String {
        var attributes = ["\(name)=\(value)", "Path=/", "HttpOnly", "SameSite=Lax"]
        if isSecure { attributes.append("Secure") }
        if let maxAgeSeconds { attributes.append("Max-Age=\(maxAgeSeconds)") }
        if maxAgeSeconds == 0 { attributes.append("Expires=Thu, 01 Jan 1970 00:00:00 GMT") }
        return attributes.joined(separator: "; ")
    }

    // MARK: Reading

    /// The session's handle that a request brings.
    func handle(in request: Request) -> SessionHandle? {
        only(sessionName, in: request).flatMap { SessionHandle(presented: $0) }
    }

    /// The remember-me token that a request brings.
    func rememberToken(in request: Request) -> RotatingToken? {
        guard let token = only(rememberName, in: request).flatMap({ RotatingToken(presented: $0) }) else { return nil }
        return token.kind == .remember ? token : nil
    }

    /// Whether a request brings a cookie of the remembered login's name, of whatever worth.
    func hasRememberCookie(_ request: Request) -> Bool { !values(of: rememberName, in: request).isEmpty }

    /// Everything that a sign-out should end: each cookie of our names, however many there are of one.
    func credentials(in request: Request) -> [PresentedCredential] {
        [sessionName, rememberName].flatMap { name in
            values(of: name, in: request).prefix(HTTPLimits.sameCookies).compactMap { PresentedCredential($0) }
        }
    }

    /// The value of the cookie of a name.
    ///
    /// Two different ones are one too many: there is no telling which is the browser's own, so none counts.
    private func only(_ name: String, in request: Request) -> String? {
        let values = values(of: name, in: request)
        return values.allSatisfy { $0 == values.first } ? values.first : nil
    }

    private func values(of name: String, in request: Request) -> [String] {
        var values: [String] = []
        for field in request.headers where field.name == .cookie {
            var line = field.value
            line.withUTF8 { bytes in
                for pair in bytes.split(separator: UInt8(ascii: ";")) {
                    let trimmed = pair.drop { $0 == 0x20 || $0 == 0x09 }
                    guard trimmed.starts(with: name.utf8), trimmed.dropFirst(name.utf8.count).first == UInt8(ascii: "=")
                    else { continue }
                    let value = trimmed.dropFirst(name.utf8.count + 1)
                    values.append(String(decoding: value.last == 0x20 ? value.dropLast() : value, as: UTF8.self))
                }
            }
        }
        return values
    }
}
