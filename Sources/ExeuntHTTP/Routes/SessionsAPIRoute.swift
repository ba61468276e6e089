internal import Exeunt
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Settlement

/// A device as a caller describes it, and as a list shows it.
struct DeviceBody: Codable, Sendable {
    var userAgent: String?
    var address: String?
    var label: String?

    enum CodingKeys: String, CodingKey {
        case userAgent = "user_agent"
        case address, label
    }

    var device: Device { Device(userAgent: userAgent, address: address, label: label) }
}

extension Surface {
    private struct OpenBody: Decodable {
        struct Upstream: Decodable {
            var issuer: String
            var sid: String?
            var sub: String?
        }

        var subject: String
        var remember: Bool?
        var device: DeviceBody?
        var authenticated_at: String?
        var upstream: Upstream?
    }

    private struct ResumeBody: Decodable {
        var remember_token: String
        var device: DeviceBody?
    }

    private struct Opened: Encodable {
        var sessionId: String
        var subject: String
        var sessionToken: String
        var accessToken: String?
        var tokenType = "Bearer"
        var expiresIn: Int64?
        var refreshToken: String?
        var rememberToken: String?
    }

    private struct Listed: Encodable {
        struct Item: Encodable {
            var id: String
            var device: DeviceBody
            var createdAt: String
            var lastActiveAt: String
            var expiresAt: String
            var clientId: String
            var remembered: Bool
        }

        var sessions: [Item]
        var next: String?

        enum CodingKeys: CodingKey { case sessions, next }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(sessions, forKey: .sessions)
            try container.encode(next, forKey: .next)
        }
    }

    /// Opens a session for a subject that the caller has authenticated.
    @Sendable func openSession(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let client = try await callers.client(request, scope: .sessions)
        let body = try await request.json(OpenBody.self)
        let opened = try await authority.openSession(
            OpenSessionRequest(
                subject: try subject(body.subject), clientID: client.id, device: body.device?.device ?? Device(),
                authenticatedAt: try body.authenticated_at.map(time), upstream: try body.upstream.map(upstream),
                remember: body.remember ?? false, wantsTokens: true,
                by: provenance(request, context, client: client)))
        return created(opened)
    }

    /// Opens a session from a remembered login.
    @Sendable func resumeSession(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let client = try await callers.client(request, scope: .sessions)
        let body = try await request.json(ResumeBody.self)
        guard let token = RotatingToken(presented: body.remember_token) else {
            throw AuthorityError.invalidCredential
        }
        return created(
            try await authority.resumeRememberedLogin(
                token, clientID: client.id, device: body.device?.device ?? Device(), wantsTokens: true,
                by: provenance(request, context, client: client)))
    }

    /// A subject's live sessions, the newest first, a page at a time.
    @Sendable func listSessions(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        _ = try await callers.client(request, scope: .sessions)
        let query = try FormFields(query: request.uri.query)
        let limit = try query["limit"].map { text throws(HTTPProblem) in
            guard let limit = Int(text), (1...Limits.sessionsPerPage).contains(limit) else {
                throw HTTPProblem(.invalidArgument("limit is 1 to \(Limits.sessionsPerPage)"))
            }
            return limit
        }
        let page = try await authority.listSessions(
            of: try subjectParameter(context), after: query["after"], limit: limit ?? Limits.sessionsPerPage)
        return JSONResponse.make(Listed(sessions: page.sessions.map(item), next: page.next))
    }

    // MARK: Reading what was sent

    /// The subject of a path, percent-decoded.
    func subjectParameter(_ context: AuthorityRequestContext) throws -> Subject {
        try subject(context.parameters.get("subject")?.removingPercentEncoding ?? "")
    }

    func subject(_ name: String) throws(HTTPProblem) -> Subject {
        guard let subject = Subject(name) else {
            throw HTTPProblem(
                .invalidArgument("subject has 1 to \(Limits.subjectBytes) bytes and no control characters"))
        }
        return subject
    }

    private func time(_ text: String) throws(HTTPProblem) -> Timestamp {
        guard let time = Timestamp(rfc3339: text) else {
            throw HTTPProblem(.invalidArgument("authenticated_at is a time in RFC 3339, such as 2026-01-31T12:00:00Z"))
        }
        return time
    }

    private func upstream(_ body: OpenBody.Upstream) throws(HTTPProblem) -> Session.Upstream {
        let texts = [body.issuer, body.sid ?? "-", body.sub ?? "-"]
        guard texts.allSatisfy({ !$0.isEmpty && $0.clipped(toBytes: Limits.upstreamBytes) == $0 }) else {
            throw HTTPProblem(
                .invalidArgument(
                    "upstream.issuer, upstream.sid and upstream.sub have 1 to \(Limits.upstreamBytes) bytes"))
        }
        return Session.Upstream(issuer: body.issuer, session: body.sid, subject: body.sub)
    }

    // MARK: Writing the answer

    private func created(_ opened: OpenedSession) -> Response {
        JSONResponse.make(
            Opened(
                sessionId: opened.session.id.description, subject: opened.session.subject.name,
                sessionToken: opened.handle.revealed, accessToken: opened.accessToken?.revealed,
                expiresIn: opened.accessToken?.expiresInSeconds, refreshToken: opened.refreshToken?.revealed,
                rememberToken: opened.rememberToken?.revealed),
            status: .created)
    }

    private func item(_ session: Session) -> Listed.Item {
        let device = session.device
        return Listed.Item(
            id: session.id.description,
            device: DeviceBody(userAgent: device.userAgent, address: device.address, label: device.label),
            createdAt: session.createdAt.rfc3339, lastActiveAt: session.lastActiveAt.rfc3339,
            expiresAt: session.expiresAt.rfc3339, clientId: session.clientID,
            remembered: session.rememberedLogin != nil)
    }
}
