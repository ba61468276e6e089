/// Every cap of the HTTP surface, with its unit and its reason.
package enum HTTPLimits {
    /// Bytes of a body: the largest honest request, opening a session, stays below 4 KiB.
    package static let bodyBytes = 64 * 1024
    /// Bytes of a request's headers together; beyond it the answer is 431.
    package static let headerBytes = 16 * 1024
    /// Bytes of headers that are read at all; beyond it the connection is closed with 400.
    package static let parsedHeaderBytes = 64 * 1024
    /// Headers of a request that are read at all.
    package static let parsedHeaderFields = 200
    /// Texts of the feed's answers that are kept: of those who follow closely, and of newcomers on their way.
    package static let feedTexts = 4
    /// Fields of a form or a query.
    package static let formFields = 64
    /// Cookies of one of our names that a sign-out looks at: a browser sends one, a confused one a few.
    package static let sameCookies = 8
    /// Callers of the server door that are remembered, each with its credentials.
    package static let knownCallers = 1000
    /// How long one is remembered, in milliseconds.
    package static let knownCallerMilliseconds: Int64 = 1000
    /// Characters of a place to return to.
    package static let returnBytes = 2048
    /// Seconds that a connection may be idle before a request, or while sending one.
    package static let idleSeconds: Int64 = 75
    /// How soon a browser's event stream reconnects, in milliseconds.
    package static let reconnectMilliseconds = 1000
}
