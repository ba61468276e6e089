/// The requests of a recording that can have to do with signing in and out, in their order.
struct Recording: Sendable {
    let exchanges: [Exchange]
    private let heads: [Int]

    private static let endings = [
        ".js", ".mjs", ".css", ".map", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".ico", ".woff",
        ".woff2", ".ttf", ".eot", ".mp4", ".webm", ".mp3", ".wasm", ".webmanifest",
    ]
    private static let types = [
        "image/", "font/", "audio/", "video/", "text/css", "text/javascript", "application/javascript",
    ]

    /// Leaves out what browsers fetch for a page's looks, and preflights.
    init(_ all: [Exchange]) {
        let kept = all.filter { exchange in
            let path = exchange.request.address.path.lowercased()
            return exchange.request.method != "OPTIONS" && !Self.endings.contains(where: path.hasSuffix)
                && !Self.types.contains(where: exchange.answer.mediaType.hasPrefix)
        }
        exchanges = kept
        heads = Self.heads(of: kept)
    }

    /// The same with the hosts of some addresses alone, and with those of the same site.
    func only(_ addresses: [WebAddress]) -> Recording {
        let hosts = Set(addresses.map(\.host))
        let sites = Set(hosts.compactMap(Self.site))
        return Recording(
            exchanges.filter { exchange in
                let host = exchange.request.address.host
                return hosts.contains(host) || Self.site(host).map { sites.contains($0) } ?? false
            })
    }

    /// The last two labels of a name; nil for a number or a name of one label.
    private static func site(_ host: String) -> String? {
        let labels = host.split(separator: ".")
        guard labels.count > 1, !host.hasPrefix("["), labels.last?.allSatisfy(\.isNumber) == false else { return nil }
        return labels.suffix(2).joined(separator: ".")
    }

    /// The request that led to this one by redirects, or this one itself.
    func head(of index: Int) -> Int { heads[index] }

    private static func heads(of exchanges: [Exchange]) -> [Int] {
        var heads = Array(exchanges.indices)
        for (index, exchange) in exchanges.enumerated() {
            guard let redirect = exchange.redirect else { continue }
            let keepsMethod = [307, 308].contains(exchange.answer.status)
            // Only the first one that came soon after: an address may be asked for again.
            let next = exchanges.indices.dropFirst(index + 1).prefix(8).first { later in
                let request = exchanges[later].request
                return request.address == redirect && (request.isSafe || keepsMethod) && heads[later] == later
            }
            if let next { heads[next] = heads[index] }
        }
        return heads
    }

    /// Where a value came from, in the latest answer before a request that has it.
    func origin(of value: String, before index: Int) -> ValueOrigin? {
        guard value.utf8.count >= RecordingLimits.shortestValue else { return nil }
        for earlier in (0..<index).reversed() {
            if let way = Self.way(to: value, in: exchanges[earlier]) { return ValueOrigin(index: earlier, way: way) }
        }
        return nil
    }

    /// How a value is picked from an answer.
    static func way(to value: String, in exchange: Exchange) -> Pick.Way? {
        let answer = exchange.answer
        func finds(_ way: Pick.Way) -> Bool {
            Pick(name: "", way: way).value(in: answer, jar: CookieJar()) == value
        }
        for line in answer.headers.all("Set-Cookie") {
            guard let set = SetCookie(line) else { continue }
            if set.value == value { return .cookie(set.name) }
            // Scripts decode what they read of a cookie before they send it back.
            if FormText.decoded(set.value) == value { return .decodedCookie(set.name) }
        }
        for field in answer.headers.fields where field.value == value {
            if !["set-cookie", "location", "etag"].contains(field.name.lowercased()) { return .header(field.name) }
        }
        let forms = [value, value.replacing("&", with: "&amp;"), value.replacing("/", with: "\\/")]
        guard forms.contains(where: answer.body.hasBytes) else { return nil }
        if let pointer = JSONValue(text: answer.body)?.pointer(to: value) { return .json(pointer) }
        for tag in HTMLTag.all(in: answer.body) {
            let ways: [Pick.Way] = [
                tag.attributes["value"] == value ? tag.attributes["name"].map { .hidden($0) } : nil,
                tag.attributes["content"] == value ? tag.attributes["name"].map { .meta($0) } : nil,
            ].compactMap { $0 }
            if let way = ways.first(where: finds) { return way }
        }
        return context(of: value, in: answer.body).map { .regex($0) }.flatMap { finds($0) ? $0 : nil }
    }

    /// A regular expression that finds a value again by what stands before it.
    private static func context(of value: String, in body: String) -> String? {
        guard let range = body.firstRange(of: value) else { return nil }
        let line = body[..<range.lowerBound].suffix(RecordingLimits.contextCharacters)
        // No further back than where the attribute or the member begins: what stands before may be a secret itself.
        let before = line.split(omittingEmptySubsequences: false) { $0.isWhitespace || ",;{}>".contains($0) }.last ?? ""
        guard before.count >= 4 else { return nil }
        let escaped = before.map { $0.isLetter || $0.isNumber || $0 == " " ? String($0) : "\\\($0)" }.joined()
        return escaped + "([^\"'&<>\\s]+)"
    }
}
