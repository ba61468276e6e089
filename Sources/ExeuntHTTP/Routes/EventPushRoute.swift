internal import Exeunt
internal import HTTPTypes
internal import Hummingbird
internal import Logging

extension Surface {
    private struct EventError: Encodable {
        var err: String
        var description: String
    }

    /// Takes a security event that a provider pushes (RFC 8935 §2): 202 once it has been acted upon, 400 with a registered code for one
    /// that is not accepted, 401 for a sender who is not known, 503 when nobody can say now.
    @Sendable func takeEvent(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        guard let provider = try await pushingProvider(request) else {
            return refusal(
                SecurityEventFault(.authenticationFailed, "The bearer token is not one of a provider that may push."),
                status: .unauthorized, headers: [.wwwAuthenticate: #"Bearer realm="exeunt""#])
        }
        let text: String
        do {
            text = try await request.text("application/secevent+jwt")
        } catch let problem as HTTPProblem {
            return refusal(
                SecurityEventFault(.invalidRequest, "The body is no application/secevent+jwt."),
                headers: problem.headers)
        }
        do throws(Authority.SecurityEventRefusal) {
            _ = try await heeding.hear(securityEvent: text, from: provider, by: provenance(request, context))
            return Response(status: .accepted)
        } catch {
            switch error {
            case .invalid(let fault):
                context.logger.notice(
                    "refused a security event",
                    metadata: ["issuer": "\(provider.issuer)", "err": "\(fault.code.rawValue)", "why": "\(fault)"])
                return refusal(fault)
            case .failed(let failure): throw HTTPProblem(failure)
            }
        }
    }

    /// Whose bearer token a request brings (RFC 6750 §2.1).
    private func pushingProvider(_ request: Request) async throws -> Provider? {
        let parts = (request.headers[.authorization] ?? "").split(separator: " ")
        guard parts.count == 2, parts[0].lowercased() == "bearer", let token = PushToken(presented: parts[1]) else {
            return nil
        }
        return try await authority.provider(pushingWith: token)
    }

    private func refusal(
        _ fault: SecurityEventFault, status: HTTPResponse.Status = .badRequest, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentLanguage] = "en"
        return JSONResponse.make(
            EventError(err: fault.code.rawValue, description: fault.description), status: status, headers: headers)
    }
}
