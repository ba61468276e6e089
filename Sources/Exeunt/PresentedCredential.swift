/// A credential that a caller presents: recognised by its form, not yet believed.
package enum PresentedCredential: Sendable {
    case session(SessionHandle)
    case refresh(RotatingToken)
    case remember(RotatingToken)
    case access(String)

    /// The credential that a text has the form of, or nil when it has none of them.
    package init?(_ text: String) {
        if let handle = SessionHandle(presented: text) {
            self = .session(handle)
        } else if let token = RotatingToken(presented: text) {
            self = token.kind == .refresh ? .refresh(token) : .remember(token)
        } else if text.utf8.count <= Limits.accessTokenBytes, text.split(separator: ".").count == 3 {
            self = .access(text)
        } else {
            return nil
        }
    }
}
