/// What is sent.
package struct WebRequest: Hashable, Sendable {
    package var method: String
    package var address: WebAddress
    package var headers: HeaderFields
    package var body: String?

    package init(_ method: String, _ address: WebAddress, headers: HeaderFields = [:], body: String? = nil) {
        self.method = method
        self.address = address
        self.headers = headers
        self.body = body
    }

    /// Whether its method is one that must not change anything (RFC 9110 §9.2.1).
    package var isSafe: Bool { ["GET", "HEAD", "OPTIONS", "TRACE"].contains(method) }
}
