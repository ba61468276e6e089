/// The cookies that a program has printed.
///
/// It may print the jar of curl and wget (Netscape's format, with `#HttpOnly_`), the storage state of Playwright
/// (`{"cookies": […]}`), a list of cookies, or `{"name": "value"}` for cookies of the base alone.
enum PrintedCookies {
    /// Reads them; throws what is wrong, without any value.
    static func read(_ text: String, base: WebAddress) throws(ProgramFailure) -> [Cookie] {
        let text = text.trimmed
        guard !text.isEmpty else { throw ProgramFailure("it printed nothing; let it print a cookie jar") }
        let cookies =
            text.hasPrefix("{") || text.hasPrefix("[")
            ? try fromJSON(text, base: base) : try fromJar(text)
        for cookie in cookies {
            let texts = [cookie.name, cookie.value, cookie.domain, cookie.path]
            let isSound = texts.allSatisfy { text in
                text.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 && $0 != ";" }
            }
            guard isSound, !cookie.name.contains("="), !cookie.name.isEmpty else {
                throw ProgramFailure("it printed a cookie that no browser takes (a `;`, a line's end or no name in it)")
            }
        }
        return cookies
    }

    // MARK: Netscape's format

    private static func fromJar(_ text: String) throws(ProgramFailure) -> [Cookie] {
        var cookies: [Cookie] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated()
        {
            var line = line
            let isHTTPOnly = line.hasPrefix("#HttpOnly_")
            if isHTTPOnly { line = line.dropFirst(10) }
            if line.hasPrefix("#") || line.trimmed.isEmpty { continue }
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard columns.count == 7 || columns.count == 6 else {
                throw ProgramFailure(
                    "line \(index + 1) of what it printed has \(columns.count) \(columns.count == 1 ? "column" : "columns"), and a cookie jar has 7 between tabs: domain, subdomains, path, secure, expires, name, value; JSON is taken as well"
                )
            }
            guard let expires = Double(columns[4]), let includes = flag(columns[1]), let secure = flag(columns[3])
            else {
                throw ProgramFailure(
                    "line \(index + 1) of what it printed is no line of a cookie jar: the second and the fourth column are TRUE or FALSE, the fifth a number"
                )
            }
            let domain = columns[0].lowercased()
            var cookie = Cookie(
                name: columns[5], value: columns.count == 7 ? columns[6] : "",
                domain: domain.hasPrefix(".") ? String(domain.dropFirst()) : domain, isHostOnly: !includes,
                path: columns[2].hasPrefix("/") ? columns[2] : "/")
            cookie.isSecure = secure
            cookie.isHTTPOnly = isHTTPOnly
            cookie.expires = moment(expires)
            cookies.append(cookie)
        }
        return cookies
    }

    private static func flag(_ text: String) -> Bool? { ["TRUE": true, "FALSE": false][text.uppercased()] }

    /// Nothing for what ends with the browser: 0 in a jar, -1 in Playwright's state.
    private static func moment(_ seconds: Double) -> Int64? {
        seconds > 0 && seconds.isFinite ? Int64(min(seconds, 1e15)) : nil
    }

    // MARK: JSON

    private static func fromJSON(_ text: String, base: WebAddress) throws(ProgramFailure) -> [Cookie] {
        guard let value = JSONValue(text: text) else { throw ProgramFailure("what it printed is no JSON") }
        switch value {
        case .array(let items): return try list(items, base: base)
        case .object(let members):
            guard let cookies = members["cookies"] else { return try pairs(members, base: base) }
            if case .array(let items) = cookies { return try list(items, base: base) }
            if case .object(let members) = cookies { return try pairs(members, base: base) }
            throw ProgramFailure("`cookies` in what it printed is neither a list nor an object")
        default: throw ProgramFailure("what it printed is JSON, and neither a list nor an object")
        }
    }

    private static func pairs(_ members: [String: JSONValue], base: WebAddress) throws(ProgramFailure) -> [Cookie] {
        var cookies: [Cookie] = []
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            guard let value = value.scalar else {
                throw ProgramFailure(
                    "the member `\(name)` of what it printed is no cookie's value; cookies with more than that go into `cookies`, a list"
                )
            }
            cookies.append(ours(name, value, base: base))
        }
        return cookies
    }

    private static func list(_ items: [JSONValue], base: WebAddress) throws(ProgramFailure) -> [Cookie] {
        var cookies: [Cookie] = []
        for (index, item) in items.enumerated() {
            guard case .object(let members) = item, let name = members["name"]?.scalar,
                let value = members["value"]?.scalar
            else { throw ProgramFailure("cookie \(index + 1) of what it printed has no `name` or no `value`") }
            var cookie = ours(name, value, base: base)
            if let domain = members["domain"]?.scalar?.lowercased(), !domain.isEmpty {
                cookie.isHostOnly = members["hostOnly"] == .bool(true) || !domain.hasPrefix(".")
                cookie.domain = domain.hasPrefix(".") ? String(domain.dropFirst()) : domain
            }
            if let path = members["path"]?.scalar, path.hasPrefix("/") { cookie.path = path }
            if case .bool(let isSecure)? = members["secure"] { cookie.isSecure = isSecure }
            cookie.isHTTPOnly = members["httpOnly"] == .bool(true)
            cookie.sameSite = members["sameSite"]?.scalar.flatMap {
                Cookie.SameSite(rawValue: $0.prefix(1).uppercased() + $0.dropFirst().lowercased())
            }
            for key in ["expires", "expirationDate", "expiry"] {
                if let seconds = members[key]?.scalar.flatMap({ Double($0) }) { cookie.expires = moment(seconds) }
            }
            cookies.append(cookie)
        }
        return cookies
    }

    private static func ours(_ name: String, _ value: String, base: WebAddress) -> Cookie {
        var cookie = Cookie(name: name, value: value, domain: base.host, isHostOnly: true, path: "/")
        cookie.isSecure = base.scheme == "https"
        return cookie
    }
}
