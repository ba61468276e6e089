public import ExeuntVerifier
public import HTTPTypes
public import Hummingbird

/// The cookies in which an application keeps a session's tokens in the browser.
///
/// A cookie is deleted only by one of the same name, path and attributes (RFC 6265bis §5.7), so both are made here.
public struct BrowserCookies: Sendable {
    private let isSecure: Bool

    /// Over TLS both are `Secure` and have the prefix `__Host-`, so that no other host can plant or replace them, a sibling subdomain
    /// neither (RFC 6265bis §4.1.3.2).
    ///
    /// Without TLS they have neither, which is for a loopback host alone.
    public init(isSecure: Bool) { self.isSecure = isSecure }

    private var accessName: String { isSecure ? "__Host-access" : "access" }
    private var refreshName: String { isSecure ? "__Host-refresh" : "refresh" }

    // MARK: Writing

    /// Puts a session's tokens into the browser that gets this answer.
    ///
    /// They go when the browser is closed; when the session is over is for the authority to say.
    public func set(_ tokens: SessionTokens, on headers: inout HTTPFields) {
        add(accessName, tokens.accessToken, to: &headers)
        add(refreshName, tokens.refreshToken, to: &headers)
        headers[.cacheControl] = "no-store"
    }

    /// Takes them out again.
    public func delete(on headers: inout HTTPFields) {
        for name in [accessName, refreshName] {
            add(name, "", ending: "; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT", to: &headers)
        }
        headers[.cacheControl] = "no-store"
    }

    private func add(_ name: String, _ value: String, ending: String = "", to headers: inout HTTPFields) {
        let secure = isSecure ? "; Secure" : ""
        headers.append(
            HTTPField(name: .setCookie, value: "\(name)=\(value); Path=/; HttpOnly; SameSite=Lax\(secure)\(ending)"))
    }

    // MARK: Reading

    /// The access token that a request brings.
    public func accessToken(in request: Request) -> String? { only(accessName, in: request) }

    /// The refresh token that a request brings.
    public func refreshToken(in request: Request) -> String? { only(refreshName, in: request) }

    /// The value of the cookie of a name.
    ///
    /// Two different ones are one too many: there is no telling which is the browser's own, so none counts.
    private func only(_ name: String, in request: Request) -> String? {
        var found: Substring?
        for field in request.headers where field.name == .cookie {
            for pair in field.value.split(separator: ";") {
                let pair = pair.drop { $0 == " " || $0 == "\t" }
                guard pair.hasPrefix(name), pair.dropFirst(name.count).first == "=" else { continue }
                let value = pair.dropFirst(name.count + 1)
                guard found == nil || found == value else { return nil }
                found = value
            }
        }
        return found.flatMap { $0.isEmpty ? nil : String($0) }
    }
}
