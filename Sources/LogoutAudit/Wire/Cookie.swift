/// A cookie as a browser holds it (RFC 6265bis §5.7).
package struct Cookie: Hashable, Sendable {
    package enum SameSite: String, Hashable, Sendable {
        case strict = "Strict"
        case lax = "Lax"
        case none = "None"
    }

    package var name: String
    package var value: String
    /// The host that set it, or the domain that it is for.
    package var domain: String
    /// Whether it goes to that host alone, and not to those below it.
    package var isHostOnly: Bool
    package var path: String
    package var isSecure = false
    package var isHTTPOnly = false
    package var sameSite: SameSite?
    /// Seconds since 1970; nil for one that ends with the browser.
    package var expires: Int64?

    /// What it takes for another to be the same cookie.
    package struct Identity: Hashable, Sendable {
        package let name, domain: String
        package let isHostOnly: Bool
        package let path: String
    }

    package var identity: Identity { Identity(name: name, domain: domain, isHostOnly: isHostOnly, path: path) }

    /// Whether a browser sends it along to an address.
    package func goes(to address: WebAddress) -> Bool {
        let isDomain = isHostOnly ? address.host == domain : Self.host(address.host, isWithin: domain)
        return isDomain && Self.path(address.path, isWithin: path) && (!isSecure || address.isTrustworthy)
    }

    static func host(_ host: String, isWithin domain: String) -> Bool {
        let isNumeric = host.hasPrefix("[") || host.allSatisfy { $0.isNumber || $0 == "." }
        return host == domain || (!isNumeric && host.hasSuffix("." + domain))
    }

    static func path(_ path: String, isWithin cookiePath: String) -> Bool {
        path == cookiePath
            || (path.hasPrefix(cookiePath)
                && (cookiePath.hasSuffix("/") || path.dropFirst(cookiePath.count).first == "/"))
    }
}
