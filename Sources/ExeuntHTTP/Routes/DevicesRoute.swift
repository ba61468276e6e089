internal import Exeunt
internal import HTTPTypes
internal import Hummingbird
internal import Settlement

extension Surface {
    /// The person's sessions, this one first and then the most recently active.
    @Sendable func devicesPage(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let visit = try await requireVisit(request, context)
        let query = try FormFields(query: request.uri.query)
        let page = try await authority.listSessions(of: visit.session.subject, after: query["after"])
        let now = authority.environment.now()
        let others = page.sessions.filter { $0.id != visit.session.id }
            .sorted { $0.lastActiveAt > $1.lastActiveAt }
        let listed = (query["after"] == nil ? [visit.session] : []) + others
        let applications = try await names(ofClients: Set(listed.map(\.clientID)))
        let shown = listed.map { session in
            row(
                of: session, isCurrent: session.id == visit.session.id, application: applications[session.clientID],
                now: now)
        }
        var values: [String: Any] = [
            "title": "Your devices", "sessions": shown, "now_iso": now.rfc3339, "has_others": !others.isEmpty,
            "others_count": page.next == nil ? String(others.count) : "more than \(others.count)",
        ]
        if let next = page.next { values["more_url"] = "/account/sessions?after=\(next)" }
        if let text = notice(query) {
            values["notice"] = text
            values["notice_kind"] = "info"
        }
        return pages.render("sessions", for: visit, as: try await name(of: visit.session), values)
    }

    /// Ends one of the person's own sessions; another's is a 404 like one that never was.
    @Sendable func endDevice(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let visit = try await requireVisit(request, context)
        guard let id = context.parameters.get("id").flatMap({ Identifier($0) }) else {
            throw HTTPProblem(AuthorityError.sessionNotFound)
        }
        let receipt: LogoutReceipt
        do {
            receipt = try await patiently.endSession(
                id, owner: visit.session.subject, because: .endedByUser, by: visit.by)
        } catch {
            throw HTTPProblem(notEnded: error)
        }
        guard id == visit.session.id else {
            return .seeOther(page("/account/sessions?notice=\(Notice.ended.rawValue)", after: receipt))
        }
        var response = Response.seeOther(page(settings.defaultReturn, after: receipt))
        clear(&response)
        return response
    }

    /// What a page says of what was just done, if it was told anything.
    func notice(_ query: FormFields) -> String? {
        let texts = [Notice(query["notice"])?.text, settlingText(query)].compactMap(\.self)
        return texts.isEmpty ? nil : texts.joined(separator: " ")
    }

    /// What a person is called: their address at the built-in sign-in, else the subject.
    func name(of session: Session) async throws -> String {
        guard signIn != nil else { return session.subject.name }
        return try await authority.store.account(of: session.subject)?.email ?? session.subject.name
    }

    /// What the applications are called that opened sessions; our own sign-in is not told.
    private func names(ofClients ids: Set<String>) async throws -> [String: String] {
        var names: [String: String] = [:]
        for id in ids where id != Authority.ownClientID { names[id] = try await authority.store.client(id)?.name }
        return names
    }

    private func row(
        of session: Session, isCurrent: Bool, application: String?, now: Timestamp
    ) -> [String: Any] {
        let device = DeviceName(userAgent: session.device.userAgent)
        var row: [String: Any] = [
            "id": session.id.description, "browser": device.browser, "system": device.system,
            "address": session.device.address ?? "Unknown address", "current": isCurrent,
            "signed_in_iso": session.createdAt.rfc3339, "signed_in_text": session.createdAt.ago(at: now),
            "signed_in_exact": session.createdAt.exact, "last_active_iso": session.lastActiveAt.rfc3339,
            "last_active_text": session.lastActiveAt.ago(at: now), "last_active_exact": session.lastActiveAt.exact,
            "remembered": session.rememberedLogin != nil,
        ]
        if let label = session.device.label { row["label"] = label }
        if let application { row["client"] = application }
        return row
    }
}

/// What a page says after something was done; named in the address, so that nobody can put words into it.
enum Notice: String {
    case ended, password, email

    init?(_ name: String?) {
        guard let notice = name.flatMap(Notice.init(rawValue:)) else { return nil }
        self = notice
    }

    var text: String {
        switch self {
        case .ended: "That session is over."
        case .password: "Your password is changed, and your other sessions are over."
        case .email: "Your email address is changed, and your other sessions are over."
        }
    }
}
