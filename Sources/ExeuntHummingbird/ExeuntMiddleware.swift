public import ExeuntVerifier
internal import HTTPTypes
public import Hummingbird
internal import Logging

/// Lets in who shows an access token that the verifier accepts, and says who that is.
///
/// The token is in `Authorization: Bearer`, or in a browser's cookies. When a cookie's token has expired, or another one would be
/// accepted in its place, the browser's refresh token is exchanged, and the answer brings it the new pair.
public struct ExeuntMiddleware<Context: ExeuntRequestContext>: RouterMiddleware {
    private let verifier: TokenVerifier
    private let cookies: BrowserCookies?
    private let allowsStrangers: Bool

    /// What is found of a request; there is no reason where it is the refresh token that is not accepted.
    private enum Finding {
        case identity(Identity)
        case noToken
        case invalidToken(VerificationError?)
        case stale(retryAfter: Duration)
    }

    /// What happens to the browser's cookies.
    private enum Change {
        case none
        case renewed(SessionTokens)
        case deleted
    }

    /// A middleware for the routes that are added after it.
    ///
    /// Without `cookies` only `Authorization` counts. With `allowsStrangers`, who shows nothing that is accepted gets through
    /// without an identity.
    public init(verifier: TokenVerifier, cookies: BrowserCookies? = nil, allowsStrangers: Bool = false) {
        self.verifier = verifier
        self.cookies = cookies
        self.allowsStrangers = allowsStrangers
    }

    /// Passes a request on, or answers with a 401 or a 503.
    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let (finding, change) = await find(request, context)
        var headers: HTTPFields = [.cacheControl: "no-store"]
        var isUnchanged = false
        switch change {
        case .none: isUnchanged = true
        case .renewed(let tokens): cookies?.set(tokens, on: &headers)
        case .deleted: cookies?.delete(on: &headers)
        }
        var context = context
        switch finding {
        case .stale(let retryAfter):
            headers[.retryAfter] = String(max(1, retryAfter.components.seconds))
            return Response(status: .serviceUnavailable, headers: headers)
        case .noToken where !allowsStrangers:
            headers[.wwwAuthenticate] = ExeuntChallenge.noToken
            return Response(status: .unauthorized, headers: headers)
        case .invalidToken where !allowsStrangers:
            headers[.wwwAuthenticate] = ExeuntChallenge.invalidToken
            return Response(status: .unauthorized, headers: headers)
        case .noToken, .invalidToken: break
        case .identity(let identity): context.identity = identity
        }
        do {
            var response = try await next(request, context)
            response.headers = response.headers.taking(headers)
            return response
        } catch {
            throw isUnchanged ? Self.uncached(error, headers) : ProtectedError(base: error, headers: headers)
        }
    }

    /// An error of the route as it is, and not kept by any cache where we can say so: its type is for the application to know.
    private static func uncached(_ error: any Error, _ headers: HTTPFields) -> any Error {
        guard var error = error as? HTTPError else { return error }
        error.headers = error.headers.taking(headers)
        return error
    }

    // MARK: Finding out

    private func find(_ request: Request, _ context: Context) async -> (Finding, Change) {
        if let token = request.headers.bearerToken { return (await verify(token), .none) }
        guard let cookies else { return (.noToken, .none) }
        var finding = Finding.noToken
        if let access = cookies.accessToken(in: request) {
            finding = await verify(access)
            switch finding {
            case .identity, .stale: return (finding, .none)
            case .invalidToken(let why?) where !why.isMendedByRefresh:
                context.logger.warning("a browser's access token is refused", metadata: ["reason": "\(why)"])
                return (finding, .none)
            case .invalidToken, .noToken: break
            }
        }
        if let refresh = cookies.refreshToken(in: request) { return await renew(refresh, context) }
        if case .noToken = finding { return (finding, .none) }
        return (finding, .deleted)
    }

    private func verify(_ token: String) async -> Finding {
        do throws(VerificationError) {
            return .identity(try await verifier.verifyOrAsk(token))
        } catch {
            if case .stale(let retryAfter) = error { return .stale(retryAfter: retryAfter) }
            return .invalidToken(error)
        }
    }

    private func renew(_ refreshToken: String, _ context: Context) async -> (Finding, Change) {
        do throws(AuthorityFailure) {
            let tokens = try await verifier.authority.refresh(refreshToken)
            let finding = await verify(tokens.accessToken)
            // It may just have been ended; anything else is wrong with us and not with the browser.
            if case .invalidToken(let why?) = finding, why != .ended {
                context.logger.warning("the authority's new access token is refused", metadata: ["reason": "\(why)"])
            }
            return (finding, .renewed(tokens))
        } catch {
            switch error {
            case .credentialOver: return (.invalidToken(nil), .deleted)
            case .unavailable(let retryAfter): return (.stale(retryAfter: retryAfter), .none)
            case .clientRefused, .refused, .unreachable:
                context.logger.error("cannot refresh a browser's tokens", metadata: ["error": "\(error)"])
                return (.stale(retryAfter: Limits.retryAfter), .none)
            }
        }
    }
}
