internal import Synchronization

/// Knows every secret of a run and writes texts without them: a label stands in each one's place.
///
/// It is asked when a report is written, so that what is learned late is missing in what was recorded early, too.
package final class Redactor: Sendable {
    private struct State {
        var labels: [String: String] = [:]
        var counts: [String: Int] = [:]
        /// Of the labels; nil when there are new ones.
        var index: SecretIndex?
    }
    private let state = Mutex(State())

    package init() {}

    /// Remembers a secret under a name; the same value keeps its first label.
    package func learn(_ value: String, as name: String, evenIfShort: Bool = false) {
        guard !value.isEmpty, evenIfShort || value.count >= AuditLimits.shortestSecret else { return }
        state.withLock { state in
            guard state.labels[value] == nil else { return }
            let number = (state.counts[name] ?? 0) + 1
            state.counts[name] = number
            let label = "‹\(name) #\(number)›"
            state.index = nil
            for form in Self.forms(of: value) where state.labels[form] == nil { state.labels[form] = label }
            // A signed value may be printed without its signature; where its own name is signed as well, that is no secret.
            for part in value.split(whereSeparator: { ".:|".contains($0) })
            where part.count >= 16 && !name.contains(part) {
                if state.labels[String(part)] == nil { state.labels[String(part)] = "‹part of \(name) #\(number)›" }
            }
        }
    }

    /// How a value looks in URLs, forms, JSON and pages.
    private static func forms(of value: String) -> [String] {
        let escaped = value.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        return [
            value, XMLText.escaped(value), FormText.encoded(value), FormText.encoded(value, space: "%20"),
            FormText.decoded(value),
            escaped, escaped.replacing("\"", with: "&quot;").replacing("'", with: "&#x27;"),
            escaped.replacing("\"", with: "&#34;").replacing("'", with: "&#39;"),
            value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""),
            value.replacing("/", with: "\\/"),
        ]
    }

    /// The text with labels in place of all secrets.
    package func redacted(_ text: String) -> String {
        let index = state.withLock { state in
            let index = state.index ?? SecretIndex(state.labels)
            state.index = index
            return index
        }
        let text = index.replaced(in: text)
        guard text.contains("eyJ") else { return text }
        // A token that nobody announced is one all the same.
        return text.replacing(/eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*/, with: "‹a JWT›")
    }

    /// The header's value without secrets; of cookies and authorization nothing is shown that is not known to be harmless.
    package func redacted(header name: String, _ value: String) -> String {
        switch name.lowercased() {
        case "cookie":
            return value.split(separator: ";").map { redactedPair($0.trimmed) }.joined(separator: "; ")
        case "set-cookie":
            let pair = value.prefix { $0 != ";" }
            return redactedPair(String(pair)) + redacted(String(value.dropFirst(pair.count)))
        case "authorization", "proxy-authorization", "x-csrf-token", "x-xsrf-token", "x-csrftoken":
            let scheme = value.contains(" ") ? value.prefix { $0 != " " } + " " : ""
            let rest = redacted(String(value.dropFirst(scheme.count)))
            return scheme + (rest.isEmpty || rest.hasPrefix("‹") ? rest : "‹a credential›")
        default:
            return redacted(value)
        }
    }

    private func redactedPair(_ pair: String) -> String {
        guard let sign = pair.firstIndex(of: "=") else { return redacted(pair) }
        let value = pair[pair.index(after: sign)...]
        let known = redacted(String(value))
        let isHarmless = value.isEmpty || known.hasPrefix("‹")
        return pair[...sign] + (isHarmless ? known : "‹\(value.count) characters›")
    }
}
