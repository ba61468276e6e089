internal import Foundation

/// The address of the authority as browsers see it: a scheme, a host and a port, and no path.
package struct PublicURL: Hashable, Sendable, CustomStringConvertible {
    /// Whether browsers reach it over TLS.
    package let isSecure: Bool
    /// The origin (RFC 6454 §6.2), such as `https://accounts.example.com`.
    package let origin: String
    private let port: Int

    /// The public URL of a text; nil unless it is `https`, or `http` on a loopback host, and has no path.
    package init?(_ text: String) {
        guard let parts = URLComponents(string: text), let host = parts.host?.lowercased(), !host.isEmpty,
            parts.path.isEmpty || parts.path == "/", parts.query == nil, parts.fragment == nil, parts.user == nil
        else { return nil }
        let isLoopback = host == "localhost" || host == "127.0.0.1" || host == "[::1]" || host == "::1"
        switch parts.scheme?.lowercased() {
        case "https": isSecure = true
        case "http" where isLoopback: isSecure = false
        default: return nil
        }
        let defaultPort = isSecure ? 443 : 80
        port = parts.port ?? defaultPort
        let bracketed = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        origin = (isSecure ? "https://" : "http://") + bracketed + (port == defaultPort ? "" : ":\(port)")
    }

    /// Whether an `Origin` is this one.
    ///
    /// On plain http the loopback host has more than one name, and all are meant.
    package func isSameOrigin(_ other: String) -> Bool {
        if other == origin { return true }
        guard !isSecure, let there = PublicURL(other), !there.isSecure else { return false }
        return there.port == port
    }

    package var description: String { origin }
}
