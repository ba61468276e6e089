/// A `Set-Cookie` line, taken apart as browsers do (RFC 6265bis §5.6).
package struct SetCookie: Hashable, Sendable {
    package var name: String
    package var value: String
    package var domain: String?
    package var path: String?
    package var maxAge: Int64?
    /// Seconds since 1970.
    package var expires: Int64?
    package var isSecure = false
    package var isHTTPOnly = false
    package var sameSite: Cookie.SameSite?

    /// Nil for a line that browsers ignore.
    package init?(_ line: String) {
        let parts = line.split(separator: ";", omittingEmptySubsequences: false)
        guard let pair = parts.first else { return nil }
        let (name, value) = Self.pair(pair)
        self.name = value == nil ? "" : name
        self.value = value ?? name
        guard !(self.name.isEmpty && self.value.isEmpty) else { return nil }
        for part in parts.dropFirst() { read(part) }
    }

    private static func pair(_ text: Substring) -> (name: String, value: String?) {
        guard let sign = text.firstIndex(of: "=") else { return (text.trimmed, nil) }
        return (text[..<sign].trimmed, text[text.index(after: sign)...].trimmed)
    }

    private mutating func read(_ attribute: Substring) {
        let (name, value) = Self.pair(attribute)
        switch name.lowercased() {
        case "domain":
            let text = (value ?? "").lowercased()
            domain = text.hasPrefix(".") ? String(text.dropFirst()) : text
        case "path": path = value?.hasPrefix("/") == true ? value : nil
        case "max-age": if let number = value.flatMap({ Int64($0) }) { maxAge = number }
        case "expires": if let moment = value.flatMap({ CookieDate.seconds($0) }) { expires = moment }
        case "secure": isSecure = true
        case "httponly": isHTTPOnly = true
        case "samesite":
            sameSite = value.flatMap {
                Cookie.SameSite(rawValue: $0.prefix(1).uppercased() + $0.dropFirst().lowercased())
            }
        default: break
        }
    }

    /// Whether it asks for a cookie to be forgotten.
    package func isDeletion(at now: Int64) -> Bool {
        if let maxAge { return maxAge <= 0 }
        return expires.map { $0 <= now } ?? false
    }
}
