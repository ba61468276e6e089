/// Why a security event token is refused, in the words that its transmitter understands (RFC 8935 §2.4).
package struct SecurityEventFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The registered codes (RFC 8935 §7.1).
    package enum Code: String, Hashable, Sendable, CaseIterable {
        case invalidRequest = "invalid_request"
        case invalidKey = "invalid_key"
        case invalidIssuer = "invalid_issuer"
        case invalidAudience = "invalid_audience"
        case authenticationFailed = "authentication_failed"
        case accessDenied = "access_denied"
    }

    package let code: Code
    package let description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    static func invalidRequest(_ description: String) -> Self { Self(.invalidRequest, description) }

    static func invalidAudience(_ description: String) -> Self { Self(.invalidAudience, description) }
}
