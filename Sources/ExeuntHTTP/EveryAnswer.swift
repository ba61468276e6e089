internal import Exeunt
internal import HTTPTypes
internal import Hummingbird

/// What every answer has, whatever the route: the security headers, and a clear word for what no route took.
struct EveryAnswer: RouterMiddleware {
    private let surface: Surface
    private let always: [HTTPField]
    private let onPages: [HTTPField]

    init(surface: Surface) {
        self.surface = surface
        var always: [(HTTPField.Name, String)] = [
            (.xContentTypeOptions, "nosniff"), (.resourcePolicy, "same-origin"),
        ]
        let onPages: [(HTTPField.Name, String)] = [
            (.referrerPolicy, "same-origin"), (.openerPolicy, "same-origin"),
            (.contentSecurityPolicy, Self.contentSecurityPolicy(surface.settings)),
        ]
        if surface.settings.publicURL.isSecure {
            always.append((.strictTransportSecurity, "max-age=31536000; includeSubDomains"))
        }
        self.always = always.map { HTTPField(name: $0.0, value: $0.1) }
        self.onPages = onPages.map { HTTPField(name: $0.0, value: $0.1) }
    }

    func handle(
        _ request: Request, context: AuthorityRequestContext,
        next: (Request, AuthorityRequestContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            guard Self.size(of: request.headers) <= HTTPLimits.headerBytes else { throw HTTPProblem.headersTooLarge }
            response = try await next(request, context)
        } catch {
            let isPage = request.headers[.accept]?.contains("text/html") == true
            response = surface.answer(to: error, door: isPage ? .browser : .api, request: request, context: context)
        }
        response.complete(with: always)
        // What is not a page has nothing that could run, be framed or lead elsewhere.
        if response.isPage || response.status == .seeOther { response.complete(with: onPages) }
        response.complete(with: [HTTPField(name: .cacheControl, value: "no-store")])
        // Nothing may follow the headers: it would be taken for the next answer (RFC 9110 §9.3.2).
        return request.method == .head ? response.createHeadResponse() : response
    }

    private static func size(of headers: HTTPFields) -> Int {
        headers.reduce(0) { $0 + $1.name.rawName.utf8.count + $1.value.utf8.count + 4 }
    }

    /// Nothing but our own scripts, styles and images, in no frame (CSP 3).
    ///
    /// Forms may also lead to where a sign-out may: some browsers hold a redirect after a form to `form-action`.
    static func contentSecurityPolicy(_ settings: HTTPSettings, alsoTo more: [String] = []) -> String {
        let targets = Set(settings.returnURLs.compactMap(Self.origin) + more).sorted().map { " \($0)" }.joined()
        return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
            + "form-action 'self'\(targets); frame-ancestors 'none'; base-uri 'none'"
    }

    /// The scheme and authority of an absolute URL.
    private static func origin(_ url: String) -> String? {
        let parts = url.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count >= 3 ? parts.prefix(3).joined(separator: "/") : nil
    }
}

extension Response {
    /// Adds what the route itself has not said: two policies would hold both at once.
    fileprivate mutating func complete(with fields: [HTTPField]) {
        for field in fields where !headers.contains(where: { $0.name == field.name }) { headers.append(field) }
    }

    fileprivate var isPage: Bool {
        headers.contains { $0.name == .contentType && $0.value.hasPrefix("text/html") }
    }
}
