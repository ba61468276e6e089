/// Where a request goes: an http or https URL without a fragment and without a user.
package struct WebAddress: Hashable, Sendable, CustomStringConvertible {
    package let scheme: String
    /// In lower case; an IPv6 address keeps its brackets.
    package let host: String
    package let port: Int
    /// Begins with a slash.
    package var path: String
    package var query: String?

    /// The host as it is connected to: an IPv6 address without its brackets.
    var plainHost: String { host.replacing("[", with: "").replacing("]", with: "") }

    /// Nil for a text that is no absolute http or https URL.
    package init?(_ text: String) {
        guard let colon = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<colon.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = text[colon.upperBound...].prefix { $0 != "#" }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "\\" } ?? rest.endIndex
        let place = rest[..<end].split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        guard let (host, port) = Self.hostAndPort(place) else { return nil }
        self.scheme = scheme
        self.host = host
        self.port = port ?? Self.standardPort(of: scheme)
        (path, query) = Self.pathAndQuery(rest[end...])
    }

    private static func standardPort(of scheme: String) -> Int { scheme == "https" ? 443 : 80 }

    /// The host in lower case, and the port where one is given.
    package static func hostAndPort(_ text: some StringProtocol) -> (host: String, port: Int?)? {
        var host = String(text)
        var port: Int?
        let afterBracket = host.lastIndex(of: "]") ?? host.startIndex
        if let colon = host[afterBracket...].lastIndex(of: ":") {
            guard let number = Int(host[host.index(after: colon)...]), (1...65_535).contains(number) else { return nil }
            port = number
            host = String(host[..<colon])
        }
        guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || "/?#@".contains($0) }) else { return nil }
        return (host.lowercased(), port)
    }

    private static func pathAndQuery(_ text: some StringProtocol) -> (path: String, query: String?) {
        let path = String(text.prefix { $0 != "?" }).replacing("\\", with: "/")
        let query = text.dropFirst(path.count)
        return (path.hasPrefix("/") ? String(path) : "/" + path, query.isEmpty ? nil : String(query.dropFirst()))
    }

    /// What a link means on the page of this address; nil for a scheme that is not the web's.
    package func resolving(_ reference: String) -> WebAddress? {
        var reference = reference.trimming { $0.isWhitespace }.filter { !"\t\n\r".contains($0) }
        reference = String(reference.prefix { $0 != "#" })
        // As browsers do (WHATWG URL): backslashes are slashes, two or more of them begin a host, and after a scheme
        // other than the page's own none are needed.
        for scheme in ["http", "https"] where reference.lowercased().hasPrefix(scheme + ":") {
            let rest = reference.dropFirst(scheme.count + 1)
            let isRelative = scheme == self.scheme && !Self.beginsHost(rest)
            if isRelative { return resolving(String(rest)) }
            return WebAddress(scheme + "://" + rest.drop(while: Self.isSlash))
        }
        if Self.beginsHost(reference) { return WebAddress(scheme + "://" + reference.drop(while: Self.isSlash)) }
        if let colon = reference.firstIndex(of: ":"), !reference[..<colon].contains(where: { "/?".contains($0) }) {
            return nil
        }
        var address = self
        if reference.isEmpty { return address }
        if reference.hasPrefix("?") {
            address.query = String(reference.dropFirst())
            return address
        }
        let base = reference.hasPrefix("/") ? "" : String(path[...(path.lastIndex(of: "/") ?? path.startIndex)])
        let (joined, query) = Self.pathAndQuery(base + reference)
        address.path = Self.withoutDots(joined)
        address.query = query
        return address
    }

    /// Whether a text is a path that people write, such as `/admin/`, and nothing that was made to be unguessable.
    static func isPlainPath(_ text: String) -> Bool {
        text.hasPrefix("/") && text.split(separator: "/").allSatisfy { $0.count < 20 }
            && text.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || "/_.-".contains($0)) }
    }

    private static func isSlash(_ character: Character) -> Bool { character == "/" || character == "\\" }

    private static func beginsHost(_ text: some StringProtocol) -> Bool {
        text.count >= 2 && text.prefix(2).allSatisfy(isSlash)
    }

    private static func withoutDots(_ path: String) -> String {
        var kept: [Substring] = []
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for part in parts {
            if part == ".." { _ = kept.popLast() } else if part != "." { kept.append(part) }
        }
        if let last = parts.last, last == "." || last == ".." { kept.append("") }
        return "/" + kept.joined(separator: "/")
    }

    /// Host and port, the port only where it is not the scheme's.
    package var authority: String { port == Self.standardPort(of: scheme) ? host : "\(host):\(port)" }

    package var origin: String { "\(scheme)://\(authority)" }

    package var target: String { path + (query.map { "?" + $0 } ?? "") }

    package var description: String { origin + target }

    package var isLoopback: Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]"
            || (host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." })
    }

    /// Whether browsers treat it as a secure context: https, or this machine.
    package var isTrustworthy: Bool { scheme == "https" || isLoopback }
}

extension StringProtocol {
    /// The text without such characters at either end.
    func trimming(_ isTrimmed: (Character) -> Bool) -> SubSequence {
        var rest = self[...]
        while let first = rest.first, isTrimmed(first) { rest = rest.dropFirst() }
        while let last = rest.last, isTrimmed(last) { rest = rest.dropLast() }
        return rest
    }

    /// The text without white space at either end.
    var trimmed: String { String(trimming { $0.isWhitespace }) }
}
