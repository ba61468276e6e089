public import ExeuntVerifier
internal import HTTPTypes
public import Hummingbird
internal import Logging

/// Lets in who shows an access token that the verifier accepts, and says who that is.
///
/// The token is in `Authorization: Bearer`, or in a browser's cookies. Once a cookie's token has expired, the browser's refresh
/// token is exchanged, and the answer brings it the new pair.
public struct ExeuntMiddleware<Context: ExeuntRequestContext>: RouterMiddleware {
    private let verifier: TokenVerifier
    private let cookies: BrowserCookies?
    private let allowsStrangers: Bool
    private let refreshes = SingleFlight<String, SessionTokens>(limit: Limits.refreshes)

    /// What is found of a request.
    private enum Finding {
        case identity(Identity)
        case noToken
        case invalidToken
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
        switch change {
        case .none: break
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
            // The new tokens have to arrive: the old refresh token is as good as used.
            throw ProtectedError(base: error, headers: headers)
        }
    }

    // MARK: Finding out

    private func find(_ request: Request, _ context: Context) async -> (Finding, Change) {
        if let header = request.headers[.authorization], let token = Self.bearer(header) {
            return (await verify(token), .none)
        }
        guard let cookies else { return (.noToken, .none) }
        let access = cookies.accessToken(in: request)
        var finding = Finding.noToken
        if let access {
            finding = await verify(access)
            if case .identity = finding { return (finding, .none) }
            if case .stale = finding { return (finding, .none) }
        }
        guard let refresh = cookies.refreshToken(in: request), refresh.utf8.count <= Limits.refreshTokenBytes else {
            return (finding, access == nil ? .none : .deleted)
        }
        return await renew(refresh, context)
    }

    /// The token of an `Authorization` header of the scheme Bearer (RFC 6750 §2.1).
    private static func bearer(_ header: String) -> String? {
        let parts = header.split(separator: " ", maxSplits: 1)
        return parts.first?.lowercased() == "bearer" ? String(parts.count == 2 ? parts[1] : "") : nil
    }

    private func verify(_ token: String) async -> Finding {
        do throws(VerificationError) {
            return .identity(try await verifier.verifyOrAsk(token))
        } catch {
            if case .stale(let retryAfter) = error { return .stale(retryAfter: retryAfter) }
            return .invalidToken
        }
    }

    /// Exchanges a refresh token, once for all requests that bring it at the same time.
    private func renew(_ refreshToken: String, _ context: Context) async -> (Finding, Change) {
        do {
            let authority = verifier.authority
            let tokens = try await refreshes.run(refreshToken) { try await authority.refresh(refreshToken) }.value
            return (await verify(tokens.accessToken), .renewed(tokens))
        } catch AuthorityFailure.credentialOver {
            return (.invalidToken, .deleted)
        } catch AuthorityFailure.unavailable(let retryAfter) {
            return (.stale(retryAfter: retryAfter), .none)
        } catch {
            context.logger.error("cannot refresh a browser's tokens", metadata: ["error": "\(error)"])
            return (.stale(retryAfter: Limits.retryAfter), .none)
        }
    }
}
