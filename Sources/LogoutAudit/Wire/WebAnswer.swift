/// What came back.
package struct WebAnswer: Hashable, Sendable {
    package var status: Int
    package var headers: HeaderFields
    /// The text of it; what is not UTF-8 was replaced, and what is beyond ``AuditLimits/answerBytes`` is missing.
    package var body: String

    package init(status: Int, headers: HeaderFields = [:], body: String = "") {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package var isRedirect: Bool { [301, 302, 303, 307, 308].contains(status) && headers["Location"] != nil }

    package var mediaType: String {
        (headers["Content-Type"] ?? "").prefix { $0 != ";" }.trimmed.lowercased()
    }

    package var isHTML: Bool { mediaType == "text/html" || mediaType == "application/xhtml+xml" }
}
