internal import HTTPTypes
public import Hummingbird

/// Refuses changes that do not come from the application's own pages, with 403: a browser adds its cookies to requests that other sites
/// make as well.
///
/// The browser says where a request comes from: `Sec-Fetch-Site` (W3C Fetch Metadata §2.3), or `Origin` (RFC 6454 §7) where it sends
/// none of those. With neither there is no telling, so it is refused, unless it brings a bearer token, which no browser adds by
/// itself. (Basic, Digest, NTLM and Negotiate they do add, and those do not count.)
public struct OwnOriginMiddleware<Context: RequestContext>: RouterMiddleware {
    private let origins: Set<String>

    /// A middleware for an application at these origins, such as `https://notes.example.com`.
    public init(origins: [String]) { self.origins = Set(origins) }

    /// Passes a request on, or throws the 403.
    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let isSafe = [.get, .head, .options, .trace].contains(request.method)
        guard isSafe || request.headers.bearerToken != nil || isOwn(request) else {
            throw HTTPError(.forbidden, message: "This did not come from one of our own pages.")
        }
        return try await next(request, context)
    }

    private func isOwn(_ request: Request) -> Bool {
        if let site = HTTPField.Name("Sec-Fetch-Site").flatMap({ request.headers[$0] }) {
            return site == "same-origin" || site == "none"
        }
        return request.headers[.origin].map(origins.contains) ?? false
    }
}
