public import HTTPTypes
public import Hummingbird
internal import Logging

/// An error of a protected route, on the way out together with a change of the browser's cookies.
///
/// It answers as `base` does, and brings the cookies along. Whoever catches errors of its own further out looks at `base`, and
/// puts `headers` on the answer that it makes: the old refresh token is as good as used. Without a change of cookies there is no
/// such wrapping, and a route's error arrives as it was thrown.
public struct ProtectedError: HTTPResponseError {
    /// What the route has thrown.
    public let base: any Error
    /// The cookies, which hold tokens, and `Cache-Control: no-store`.
    public let headers: HTTPFields

    init(base: any Error, headers: HTTPFields) {
        self.base = base
        self.headers = headers
    }

    /// The status of `base`; 500 when it has none.
    public var status: HTTPResponse.Status { (base as? any HTTPResponseError)?.status ?? .internalServerError }

    /// The answer of `base`, with the headers.
    public func response(from request: Request, context: some RequestContext) throws -> Response {
        guard let base = base as? any HTTPResponseError else {
            context.logger.error("a route failed", metadata: ["error": "\(base)"])
            return Response(status: .internalServerError, headers: headers)
        }
        var response = try base.response(from: request, context: context)
        response.headers = response.headers.taking(headers)
        return response
    }
}

extension ProtectedError: CustomStringConvertible, CustomReflectable {
    /// What the route has thrown, and no tokens.
    public var description: String { "\(base)" }

    /// So that a dump shows no tokens either.
    public var customMirror: Mirror { Mirror(self, children: ["base": base]) }
}
