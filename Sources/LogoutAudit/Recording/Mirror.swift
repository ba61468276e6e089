/// An application shown at an address of this machine: what is changed on the way, so that neither side notices.
package struct Mirror: Sendable {
    package let target: WebAddress
    package let port: Int

    package init(of target: WebAddress, port: Int) {
        self.target = target
        self.port = port
    }

    package var origin: String { "http://127.0.0.1:\(port)" }

    private var names: [String] { ["127.0.0.1:\(port)", "localhost:\(port)"] }

    /// Whether a request was meant for this address; a name that somebody else points at this machine is none of ours.
    package func isOwn(host: String) -> Bool { names.contains(host.lowercased()) }

    private static let betweenTwo: Set<String> = [
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "content-length", "host",
    ]

    // MARK: To the application

    /// The headers of a browser's request, as the application expects them at its own address.
    package func outward(_ headers: HeaderFields) -> HeaderFields {
        var sent = HeaderFields()
        for field in headers.fields {
            let name = field.name.lowercased()
            // An answer that says that nothing has changed, or that is packed, would be of no use in a recording.
            if Self.betweenTwo.contains(name)
                || ["if-none-match", "if-modified-since", "accept-encoding"].contains(name)
            {
                continue
            }
            switch name {
            case "origin", "referer": sent.add(field.name, outward(address: field.value))
            case "cookie": sent.add(field.name, outward(cookies: field.value))
            default: sent.add(field.name, field.value)
            }
        }
        sent["Accept-Encoding"] = "identity"
        return sent
    }

    private func outward(address: String) -> String {
        for name in names where address == "http://\(name)" || address.hasPrefix("http://\(name)/") {
            return target.origin + address.dropFirst("http://\(name)".count)
        }
        return address
    }

    private func outward(cookies: String) -> String {
        cookies.split(separator: ";").map { pair in
            let pair = pair.trimmed
            for (real, other) in Self.prefixes where pair.hasPrefix(other) { return real + pair.dropFirst(other.count) }
            return pair
        }.joined(separator: "; ")
    }

    // MARK: To the browser

    /// Names that browsers keep only from https are shown to them under others.
    private static let prefixes = [("__Host-", "exeunt-host-"), ("__Secure-", "exeunt-secure-")]
    /// Both would lead the browser to https at this address.
    private static let dropped: Set<String> = ["strict-transport-security", "alt-svc"]

    /// The headers of the application's answer, as a browser takes them at this address.
    package func inward(_ headers: HeaderFields) -> HeaderFields {
        var shown = HeaderFields()
        for field in headers.fields {
            let name = field.name.lowercased()
            if Self.betweenTwo.contains(name) || Self.dropped.contains(name) { continue }
            switch name {
            case "set-cookie": shown.add(field.name, Self.inward(cookie: field.value))
            case "content-security-policy", "content-security-policy-report-only":
                let kept = inwardText(field.value).split(separator: ";").filter { directive in
                    !["upgrade-insecure-requests", "block-all-mixed-content"].contains(directive.trimmed.lowercased())
                }
                if !kept.isEmpty { shown.add(field.name, kept.joined(separator: ";")) }
            case "location", "content-location", "refresh", "link", "access-control-allow-origin":
                shown.add(field.name, inwardText(field.value))
            default: shown.add(field.name, field.value)
            }
        }
        return shown
    }

    private static func inward(cookie: String) -> String {
        let parts = cookie.split(separator: ";").map(\.trimmed)
        guard var pair = parts.first else { return cookie }
        for (real, other) in prefixes where pair.hasPrefix(real) { pair = other + pair.dropFirst(real.count) }
        let kept = parts.dropFirst().filter { attribute in
            let text = attribute.lowercased()
            return text != "secure" && !text.hasPrefix("domain") && text != "samesite=none" && text != "partitioned"
        }
        return ([pair] + kept).joined(separator: "; ")
    }

    /// A text with this address in place of the application's own.
    package func inwardText(_ text: String) -> String {
        guard text.hasBytes(of: target.origin) else { return text }
        var inward = ""
        var rest = text[...]
        while let range = rest.firstRange(of: target.origin) {
            inward += rest[..<range.lowerBound]
            rest = rest[range.upperBound...]
            // `https://app.example.org` is another one than `https://app.example`.
            let isLonger = rest.first.map { $0.isLetter || $0.isNumber || "-.:".contains($0) } ?? false
            inward += isLonger ? target.origin : origin
        }
        return inward + rest
    }

    /// Whether an answer has addresses in it that a browser follows.
    package static func hasAddresses(_ answer: WebAnswer) -> Bool {
        ["text/html", "application/xhtml+xml", "text/javascript", "application/javascript"].contains(answer.mediaType)
    }
}
