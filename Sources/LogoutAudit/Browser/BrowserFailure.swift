/// Why a browser did not do what it was asked for.
package enum BrowserFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no browser to ask, for this reason.
    case none(String)
    /// The WebDriver server did not answer.
    case noAnswer(String)
    /// It answered with an error of the W3C's list, such as `no such element`.
    case refused(code: String, message: String)
    /// What the steps look for is not on the page.
    case notFound(String)

    package var description: String {
        switch self {
        case .none(let reason), .notFound(let reason): reason
        case .noAnswer(let reason): "the WebDriver server does not answer: \(reason)"
        case .refused(let code, let message): "the browser says: \(code) (\(message))"
        }
    }
}
