internal import Exeunt
internal import HTTPTypes
internal import Hummingbird
internal import Settlement

extension Surface {
    private struct LogoutBody: Decodable {
        var token: String
        var scope: String?
    }

    private struct EventBody: Decodable {
        var type: String
        var keep_session: String?
    }

    private struct Receipt: Encodable {
        struct ToReceiver: Encodable {
            var id: String
            var clientId: String
            var kind: String
            var state: String
            var retryAt: String?

            init(_ told: Exeunt.Deliveries.ToReceiver) {
                id = told.receiver.description
                clientId = told.clientID
                kind = told.kind.rawValue
                state = told.state.rawValue
                retryAt = told.retryAt?.rfc3339
            }
        }

        struct Deliveries: Encodable {
            var pending: Int
            var done: Int
            var failed: Int
            var settlesBy: String?
            var receivers: [ToReceiver]

            enum CodingKeys: CodingKey {
                case pending, done, failed, settlesBy, receivers
            }

            init(_ deliveries: Exeunt.Deliveries) {
                pending = deliveries.pending
                done = deliveries.done
                failed = deliveries.failed
                settlesBy = deliveries.settlesBy?.rfc3339
                receivers = deliveries.receivers.map(ToReceiver.init)
            }

            /// With null where there is nothing, as in the receipt around it.
            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(pending, forKey: .pending)
                try container.encode(done, forKey: .done)
                try container.encode(failed, forKey: .failed)
                try container.encode(settlesBy, forKey: .settlesBy)
                try container.encode(receivers, forKey: .receivers)
            }
        }

        var endedSessions: Int
        var endedRemembered: Int
        var seq: UInt64?
        var settled: Bool
        var settledAfterMs: Int64?
        var settlesBy: String?
        var deliveries: Deliveries

        enum CodingKeys: CodingKey {
            case endedSessions, endedRemembered, seq, settled, settledAfterMs, settlesBy, deliveries
        }

        init(_ receipt: LogoutReceipt) {
            endedSessions = receipt.endedSessions
            endedRemembered = receipt.endedRemembered
            seq = receipt.seq
            settled = receipt.settled
            settledAfterMs = receipt.settledAfterMilliseconds
            settlesBy = receipt.settlesBy?.rfc3339
            deliveries = Deliveries(receipt.deliveries)
        }

        /// With null where there is nothing, so that every receipt has the same members.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(endedSessions, forKey: .endedSessions)
            try container.encode(endedRemembered, forKey: .endedRemembered)
            try container.encode(seq, forKey: .seq)
            try container.encode(settled, forKey: .settled)
            try container.encode(settledAfterMs, forKey: .settledAfterMs)
            try container.encode(settlesBy, forKey: .settlesBy)
            try container.encode(deliveries, forKey: .deliveries)
        }
    }

    /// Signs a browser out for its backend, with whichever credential that has.
    @Sendable func logoutByToken(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let client = try await callers.client(request, scope: .sessions)
        let body = try await request.json(LogoutBody.self)
        guard let scope = LogoutScope(rawValue: body.scope ?? LogoutScope.current.rawValue) else {
            throw AuthorityError.invalidArgument("scope is current, others or everywhere")
        }
        let credentials = [PresentedCredential(body.token)].compactMap(\.self)
        return try await receipt(of: client, request, context) { authority, by throws(AuthorityError) in
            try await authority.logout(credentials, scope: scope, by: by)
        }
    }

    /// Ends one session of a subject.
    @Sendable func endSession(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let client = try await callers.client(request, scope: .sessions)
        let subject = try subjectParameter(context)
        guard let id = context.parameters.get("id").flatMap({ Identifier($0) }) else {
            throw AuthorityError.sessionNotFound
        }
        return try await receipt(of: client, request, context) { authority, by throws(AuthorityError) in
            try await authority.endSession(id, owner: subject, because: .endedByAdministrator, by: by)
        }
    }

    /// Ends all sessions of a subject, but for the one that `except` names.
    @Sendable func endSessions(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let client = try await callers.client(request, scope: .sessions)
        let subject = try subjectParameter(context)
        let kept = try identifier(FormFields(query: request.uri.query)["except"], named: "except")
        return try await receipt(of: client, request, context) { authority, by throws(AuthorityError) in
            try await authority.endSessions(of: subject, except: kept, because: .endedByAdministrator, by: by)
        }
    }

    /// Applies the policy to something that happened to a subject's account.
    @Sendable func subjectEvent(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let client = try await callers.client(request, scope: .sessions)
        let subject = try subjectParameter(context)
        let body = try await request.json(EventBody.self)
        guard let event = SubjectEvent(rawValue: body.type) else {
            let known = SubjectEvent.allCases.map(\.rawValue).joined(separator: ", ")
            throw AuthorityError.invalidArgument("type is one of \(known)")
        }
        let kept = try identifier(body.keep_session, named: "keep_session")
        return try await receipt(of: client, request, context) { authority, by throws(AuthorityError) in
            try await authority.report(event, of: subject, keeping: kept, by: by)
        }
    }

    /// Ends every session of everyone.
    @Sendable func logoutEveryone(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let client = try await callers.client(request, scope: .admin)
        return try await receipt(of: client, request, context) { authority, by throws(AuthorityError) in
            try await authority.endEveryone(by: by)
        }
    }

    private func receipt(
        of client: Client, _ request: Request, _ context: AuthorityRequestContext,
        _ end: (Authority, Provenance) async throws(AuthorityError) -> LogoutReceipt
    ) async throws -> Response {
        answer(try await ending(by: client, request, context, end), to: request)
    }

    /// Ends something for a client that waits as long as it prefers, and says so in the problem where nothing was ended.
    func ending(
        by client: Client, _ request: Request, _ context: AuthorityRequestContext,
        _ end: (Authority, Provenance) async throws(AuthorityError) -> LogoutReceipt
    ) async throws(HTTPProblem) -> LogoutReceipt {
        do throws(AuthorityError) {
            return try await end(authority.waiting(request.patience), provenance(request, context, client: client))
        } catch {
            throw HTTPProblem(notEnded: error)
        }
    }

    func answer(_ receipt: LogoutReceipt, to request: Request) -> Response {
        JSONResponse.make(
            Receipt(receipt), status: receipt.settled ? .ok : .accepted, headers: preferenceApplied(request))
    }

    /// That a preference not to wait was heeded (RFC 7240 §3).
    func preferenceApplied(_ request: Request) -> HTTPFields {
        request.patience == .none ? [.preferenceApplied: "respond-async"] : [:]
    }

    private func identifier(_ text: String?, named name: String) throws(AuthorityError) -> Identifier? {
        guard let text else { return nil }
        guard let identifier = Identifier(text) else { throw .invalidArgument("\(name) is not a session's id") }
        return identifier
    }
}
