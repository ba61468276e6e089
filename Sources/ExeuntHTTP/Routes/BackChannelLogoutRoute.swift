internal import Exeunt
internal import HTTPTypes
internal import Hummingbird
internal import Logging

extension Surface {
    /// Ends what a provider's logout token says (OpenID Connect Back-Channel Logout 1.0 §2.5 and §2.8): 200 once it is done and settled
    /// or patience is at its end, 400 for anything that is no such token, 503 when it could not be done now.
    @Sendable func hearLogoutToken(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let text: String
        do {
            text = try (try await request.form()).required("logout_token")
        } catch let problem as HTTPProblem {
            throw problem.asInvalidLogout
        }
        do throws(Authority.LogoutTokenRefusal) {
            _ = try await heeding.hear(logoutToken: text, by: provenance(request, context))
            return Response(status: .ok)
        } catch {
            switch error {
            case .invalid(let why):
                context.logger.notice("refused a logout token", metadata: ["why": "\(why)"])
                throw HTTPProblem.badRequest("The logout token is not accepted: \(why).")
            case .failed(let failure): throw HTTPProblem(failure)
            }
        }
    }

    /// The authority for a provider who waits.
    var heeding: Authority { authority.waiting(.atMost(Limits.providerPatience)) }
}

extension HTTPProblem {
    /// The same as what the specification asks for whatever is wrong with a request.
    fileprivate var asInvalidLogout: HTTPProblem {
        var problem = HTTPProblem.badRequest(detail ?? title)
        problem.headers = headers
        return problem
    }

    /// Something of a provider that could not be acted upon now.
    init(_ failure: HearingFailure) {
        switch failure {
        case .authority(let error): self.init(notEnded: error)
        case .keysUnavailable:
            self.init(
                .serviceUnavailable, "provider-unavailable", "The provider cannot be asked for its keys",
                detail: "Nothing was changed. Try again in a moment.", oauthError: "temporarily_unavailable",
                headers: [.retryAfter: "10"])
        }
    }
}
