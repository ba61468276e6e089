internal import Exeunt
internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Through which door a request comes, which decides who may knock and how a failure is told.
enum Door: Sendable {
    /// A browser with cookies: changes only from our own pages, failures as pages.
    case browser
    /// A browser that another site may have sent, with a form too: what comes so changes nothing unless the route itself makes sure
    /// that it came from our own page. Failures as pages.
    case relayedBrowser
    /// A server or an app: failures as problems (RFC 9457).
    case api
    /// The OAuth endpoints: failures in OAuth's own form (RFC 6749 §5.2).
    case oauth

    /// Throws what keeps a request out.
    func admit(_ request: Request, to surface: Surface) throws {
        if self == .browser, request.method == .post, !request.isFromOwnPage(surface.settings.publicURL) {
            throw HTTPProblem.crossOrigin
        }
    }
}

extension Surface {
    /// The answer that tells of a failure.
    func answer(
        to error: any Error, door: Door, request: Request, context: AuthorityRequestContext
    ) -> Response {
        if let signIn = error as? SignInNeeded { return leadToSignIn(signIn, request: request) }
        let problem = problem(of: error, context: context)
        return switch door {
        case .browser where !request.prefersJSON, .relayedBrowser where !request.prefersJSON: pages.error(problem)
        case .browser, .relayedBrowser, .api: JSONResponse.problem(problem, at: request.uri.path)
        case .oauth: JSONResponse.oauthError(problem)
        }
    }

    /// Over to the sign-in page, or a 401 for a script; dead cookies of ours go.
    private func leadToSignIn(_ needed: SignInNeeded, request: Request) -> Response {
        var response: Response
        if request.prefersJSON {
            let problem = HTTPProblem(.unauthorized, "not-signed-in", "You are not signed in")
            response = JSONResponse.problem(problem, at: request.uri.path)
        } else {
            response = .seeOther("/login?return_to=\(needed.returnTo)")
        }
        if needed.forgetsLogin {
            response.headers.append(HTTPField(name: .setCookie, value: cookies.rememberDeletion))
        }
        return response
    }

    private func problem(of error: any Error, context: AuthorityRequestContext) -> HTTPProblem {
        switch error {
        case let problem as HTTPProblem: return problem
        case let error as AuthorityError:
            switch error {
            case .storeUnavailable(let reason):
                context.logger.error("the store is unavailable", metadata: ["reason": "\(reason)"])
            case .storeUndecided(let reason):
                context.logger.error("the store may have committed or not", metadata: ["reason": "\(reason)"])
            case .storeIsBehind(let reason):
                context.logger.critical("the store is behind", metadata: ["reason": "\(reason)"])
            case .corrupted(let what):
                context.logger.critical("stored data is wrong", metadata: ["what": "\(what)"])
            default: break
            }
            return HTTPProblem(error)
        case let error as any HTTPResponseError where error.status == .notFound: return .notFound()
        case let error as any HTTPResponseError where error.status.kind == .clientError:
            return HTTPProblem(error.status, "bad-request", "The request cannot be understood")
        default:
            context.logger.error("a request failed", metadata: ["error": "\(type(of: error))"])
            return HTTPProblem(
                .internalServerError, "internal", "Something is wrong on our side", oauthError: "server_error")
        }
    }
}
