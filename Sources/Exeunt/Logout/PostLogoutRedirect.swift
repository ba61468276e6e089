internal import Foundation

/// Where a relying party may have a browser led after a sign-out (OpenID Connect RP-Initiated Logout 1.0 §3).
package enum PostLogoutRedirect {
    /// What keeps an address from being registered; nil when nothing does.
    ///
    /// https, http on a loopback host, or a scheme of an app's own in the form of a reversed domain (RFC 8252 §7.1); printable ASCII,
    /// no fragment, nobody's name in it. What a browser would run instead of visit has no dot in its scheme.
    package static func fault(of address: String) -> String? {
        guard !address.isEmpty, address.utf8.count <= Limits.endpointBytes else {
            return "has 1 to \(Limits.endpointBytes) bytes"
        }
        guard address.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !unwelcome.contains($0) }),
            let parts = URLComponents(string: address), let scheme = parts.scheme?.lowercased()
        else { return "is an absolute URI, with whatever is not plain ASCII percent-encoded" }
        guard parts.fragment == nil else { return "has no fragment" }
        guard parts.user == nil, parts.password == nil else { return "names no user" }
        let host = parts.host?.lowercased() ?? ""
        switch scheme {
        case "https" where !host.isEmpty: return nil
        case "http" where loopback.contains(host): return nil
        case _ where scheme.contains("."): return nil
        default: return "is https, or http on a loopback host, or has an app's own scheme such as com.example.app"
        }
    }

    private static let loopback: Set<String> = ["localhost", "127.0.0.1", "[::1]", "::1"]
    /// Characters that no URI has (RFC 3986 §2), and the parameters of the headers that it stands in.
    private static let unwelcome = Set("\"<>\\^`{|};,".utf8)

    /// A registered address with the state that is to be handed back, as a parameter of its query.
    package static func address(_ registered: String, state: String?) -> String {
        guard let state else { return registered }
        let mark = registered.contains("?") ? (registered.hasSuffix("?") || registered.hasSuffix("&") ? "" : "&") : "?"
        return registered + mark + "state=" + (state.addingPercentEncoding(withAllowedCharacters: unreserved) ?? "")
    }

    /// RFC 3986 §2.3.
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    /// What a page's policy must name for a form on it to lead there (CSP 3 §6.4.1): the origin, or the app's scheme.
    package static func policySource(of registered: String) -> String? {
        guard let parts = URLComponents(string: registered), let scheme = parts.scheme?.lowercased() else { return nil }
        guard scheme == "https" || scheme == "http" else { return scheme + ":" }
        return registered.split(separator: "/", omittingEmptySubsequences: false).prefix(3).joined(separator: "/")
            .split(separator: "?", maxSplits: 1).first.map(String.init)
    }
}
