internal import Exeunt
internal import HTTPTypes
internal import Hummingbird
internal import Metrics

typealias Handler = @Sendable (Request, AuthorityRequestContext) async throws -> Response

/// Puts routes into the router, each behind its door.
///
/// Every address answers the methods that it does not take with 405 and `Allow` (RFC 9110 §15.5.6), and `HEAD` wherever it
/// takes `GET`.
struct RouteTable {
    let router: Router<AuthorityRequestContext>
    let surface: Surface

    func callAsFunction(
        _ path: String, _ door: Door, get: Handler? = nil, post: Handler? = nil, put: Handler? = nil,
        patch: Handler? = nil, delete: Handler? = nil
    ) {
        var head: Handler?
        if let get { head = { request, context in try await get(request, context).createHeadResponse() } }
        let handlers: [(HTTPRequest.Method, Handler?)] = [
            (.get, get), (.head, head), (.post, post), (.put, put), (.patch, patch), (.delete, delete),
        ]
        let allow = handlers.compactMap { $0.1 == nil ? nil : $0.0.rawValue }.joined(separator: ", ")
        for (method, handler) in handlers {
            guard let handler else { continue }
            let metrics = RouteMetrics(method: method.rawValue, path: path)
            router.on(RouterPath(path), method: method) { [surface] request, context in
                await metrics.observe {
                    do {
                        try door.admit(request, to: surface)
                        return try await handler(request, context)
                    } catch {
                        return surface.answer(to: error, door: door, request: request, context: context)
                    }
                }
            }
        }
        let refused = handlers.filter { $0.1 == nil }.map(\.0) + [.options, .trace, .connect]
        for method in refused {
            router.on(RouterPath(path), method: method) { [surface] request, context in
                surface.answer(
                    to: HTTPProblem.methodNotAllowed(allow), door: door, request: request, context: context)
            }
        }
    }
}
