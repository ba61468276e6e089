/// The directives of a `Clear-Site-Data` header.
struct ClearSiteData: Hashable, Sendable {
    private static let directives = [
        "*", "cache", "cookies", "storage", "executionContexts", "clientHints", "prefetchCache", "prerenderCache",
    ]

    var quoted: [String] = []
    /// What stands there without quotes, and so counts for nothing.
    var unquoted: [String] = []

    /// Nil where the answer has no such header.
    init?(_ answer: WebAnswer) {
        let values = answer.headers.all("Clear-Site-Data")
        guard !values.isEmpty else { return nil }
        for part in values.joined(separator: ",").split(separator: ",") {
            let text = part.trimmed
            if text.count > 2, text.hasPrefix("\""), text.hasSuffix("\"") {
                quoted.append(String(text.dropFirst().dropLast()))
            } else {
                unquoted.append(text)
            }
        }
    }

    var unknown: [String] { quoted.filter { !Self.directives.contains($0) } }

    var clearsCookies: Bool { quoted.contains("cookies") || quoted.contains("*") }
}
