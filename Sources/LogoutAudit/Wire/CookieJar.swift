/// The cookies of one browser, by the rules of RFC 6265bis §5.7 and §5.8.
///
/// A list of public suffixes is not consulted, and a cookie of any size is kept: an audit that could not sign in would not
/// get as far as saying that it is too large.
package struct CookieJar: Hashable, Sendable {
    /// In the order in which they were made.
    package private(set) var cookies: [Cookie] = []

    /// What became of a `Set-Cookie` line.
    package enum Outcome: Hashable, Sendable {
        case stored(Cookie)
        case replaced(Cookie, by: Cookie)
        case deleted(Cookie)
        /// It asked for a deletion, and no cookie has that name, domain and path.
        case deletedNothing
        /// Why a browser ignores it.
        case rejected(String)
    }

    package init(_ cookies: [Cookie] = []) { self.cookies = cookies }

    package mutating func receive(_ set: SetCookie, from address: WebAddress, now: Int64) -> Outcome {
        if let reason = Self.rejection(of: set, from: address) { return .rejected(reason) }
        var cookie = Cookie(
            name: set.name, value: set.value, domain: address.host, isHostOnly: true,
            path: set.path ?? Self.defaultPath(of: address))
        if let domain = set.domain, !domain.isEmpty { (cookie.domain, cookie.isHostOnly) = (domain, false) }
        cookie.isSecure = set.isSecure
        cookie.isHTTPOnly = set.isHTTPOnly
        cookie.sameSite = set.sameSite
        // A year counts from now; what is absurdly far away must not overflow.
        cookie.expires = set.maxAge.map { now + min($0, 1 << 40) } ?? set.expires
        let index = cookies.firstIndex { $0.identity == cookie.identity }
        if set.isDeletion(at: now) {
            guard let index else { return .deletedNothing }
            return .deleted(cookies.remove(at: index))
        }
        guard let index else {
            cookies.append(cookie)
            return .stored(cookie)
        }
        let old = cookies[index]
        cookies[index] = cookie
        return .replaced(old, by: cookie)
    }

    private static func rejection(of set: SetCookie, from address: WebAddress) -> String? {
        if let domain = set.domain, !domain.isEmpty {
            guard Cookie.host(address.host, isWithin: domain) else { return "its Domain is not one of this host's" }
            guard domain == address.host || domain.contains(".") else { return "its Domain is a top level" }
        }
        if set.isSecure, !address.isTrustworthy { return "it is Secure, and came over plain http" }
        if set.sameSite == Cookie.SameSite.none, !set.isSecure { return "SameSite=None needs Secure" }
        let name = set.name.lowercased()
        if name.hasPrefix("__secure-"), !set.isSecure { return "its name begins with __Secure-, and Secure is missing" }
        if name.hasPrefix("__host-") {
            guard set.isSecure else { return "its name begins with __Host-, and Secure is missing" }
            guard set.path == "/" else { return "its name begins with __Host-, and Path=/ is missing" }
            guard set.domain?.isEmpty ?? true else { return "its name begins with __Host-, and it has a Domain" }
        }
        return nil
    }

    /// The folder of an address (RFC 6265bis §5.1.4).
    private static func defaultPath(of address: WebAddress) -> String {
        guard let slash = address.path.lastIndex(of: "/"), slash > address.path.startIndex else { return "/" }
        return String(address.path[..<slash])
    }

    /// What a browser sends to an address: longer paths first, then the older ones.
    package func cookies(for address: WebAddress) -> [Cookie] {
        let sent = cookies.filter { $0.goes(to: address) }
        return sent.enumerated().sorted {
            ($1.element.path.count, $0.offset) < ($0.element.path.count, $1.offset)
        }.map(\.element)
    }

    /// The value of the `Cookie` header; nil where there is nothing to send.
    package func header(for address: WebAddress) -> String? {
        let pairs = cookies(for: address).map { $0.name.isEmpty ? $0.value : "\($0.name)=\($0.value)" }
        return pairs.isEmpty ? nil : pairs.joined(separator: "; ")
    }

    package func cookie(named name: String) -> Cookie? { cookies.first { $0.name == name } }

    package mutating func put(_ cookie: Cookie) {
        cookies.removeAll { $0.identity == cookie.identity }
        cookies.append(cookie)
    }

    package mutating func removeAll(where isRemoved: (Cookie) -> Bool) { cookies.removeAll(where: isRemoved) }
}
