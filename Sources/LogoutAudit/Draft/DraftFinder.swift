/// Looks at a site to begin a target file.
package struct DraftFinder: Sendable {
    private let start: WebAddress
    private let account: Target.Account?
    private var device: Device
    private var draft: TargetDraft

    /// Begins at an address; with an account it also signs in, and looks at what is there then.
    package init(
        _ start: WebAddress, user: String?, password: String?, transport: any Transport, surroundings: Surroundings
    ) {
        self.start = start
        account = user.flatMap { user in password.map { Target.Account(name: user, password: $0) } }
        let hosts: Set = ["\(start.host):\(start.port)"]
        let rate = start.isLoopback ? AuditLimits.rateOnLoopback : AuditLimits.rateElsewhere
        let base = WebAddress(start.origin) ?? start
        let target = Target(
            base: base, hosts: hosts, rate: rate, patience: AuditLimits.patience, user: account, signIn: [],
            signOut: [],
            protected: [])
        let wire = Wire(transport: transport, hosts: hosts, rate: rate, surroundings: surroundings)
        device = Device(target: target, wire: wire, redactor: Redactor(), surroundings: surroundings)
        draft = TargetDraft(base: base)
    }

    /// What can be seen.
    package mutating func find() async throws -> TargetDraft {
        let visit = try await device.travel(try device.get(start.target))
        try await findSignIn(from: visit)
        if account != nil, draft.signInPage != nil { try await lookInside() }
        return draft
    }

    private static let signInWords = [
        "login", "log in", "log-in", "signin", "sign in", "sign-in", "sign_in", "anmelden",
    ]

    private mutating func findSignIn(from visit: [Exchange]) async throws {
        guard let page = visit.last else { return }
        if takeForm(of: page) { return }
        let links = Self.links(of: page).filter { link in Self.signInWords.contains { link.text.contains($0) } }.map(
            \.path)
        for path in (links + ["/login", "/signin", "/accounts/login/", "/users/sign_in"]).prefix(6) {
            guard let page = try await device.travel(try device.get(path)).last else { continue }
            if takeForm(of: page) { return }
        }
    }

    private mutating func takeForm(of page: Exchange) -> Bool {
        guard page.answer.status < 400, let form = HTMLForm.all(in: page.answer.body).first(where: \.hasPassword) else {
            return false
        }
        draft.signInPage = page.request.address.target
        draft.passwordField = form.fields.first { $0.type == "password" }?.name
        draft.userField = form.fields.first { ["text", "email", "tel"].contains($0.type) }?.name
        draft.rememberField =
            form.fields.first { $0.type == "checkbox" && $0.name.lowercased().contains("remember") }?.name
        return true
    }

    private struct Link {
        var path: String
        /// The address and what is written on it, in lower case.
        var text: String
    }

    /// The links of a page that stay on the site.
    private static func links(of page: Exchange) -> [Link] {
        HTMLTag.all(in: page.answer.body).compactMap { tag in
            guard tag.name == "a", let href = tag.attributes["href"],
                let address = page.request.address.resolving(href),
                address.origin == page.request.address.origin
            else { return nil }
            return Link(path: address.target, text: (address.target + " " + tag.text).lowercased())
        }
    }

    /// Signs in and looks for the sign-out and for what only the signed-in see.
    private mutating func lookInside() async throws {
        guard let page = draft.signInPage, let password = draft.passwordField else { return }
        let stranger = device
        var step = Step(action: .form(page: Template(page)), line: 0)
        step.fill = [Step.Named(name: password, value: Template(pieces: [.value("password")]))]
        if let user = draft.userField {
            step.fill.append(Step.Named(name: user, value: Template(pieces: [.value("user")])))
        }
        device.startRecording()
        guard let landing = try? await device.perform([step]).last else {
            draft.hasSignedIn = false
            return
        }
        draft.hasSignedIn = !HTMLForm.all(in: landing.answer.body).contains(where: \.hasPassword)
        draft.cookies = device.receipts.map { Self.described($0.set) }
        guard draft.hasSignedIn == true else { return }
        let inside = Self.links(of: landing)
        takeSignOut(of: landing, links: inside)
        let isSignOut = { (link: Link) in FormChoice.looksLikeSignOut(HTMLForm(action: link.text)) }
        var paths = [landing.request.address.target]
        for link in inside where !isSignOut(link) && !paths.contains(link.path) { paths.append(link.path) }
        for path in paths.prefix(8) where draft.protected.count < 4 {
            if try await isProtected(path, for: stranger) { draft.protected.append(path) }
        }
    }

    private mutating func takeSignOut(of page: Exchange, links: [Link]) {
        if let form = HTMLForm.all(in: page.answer.body).first(where: FormChoice.looksLikeSignOut) {
            let action = page.request.address.resolving(form.action ?? "")?.path ?? page.request.address.path
            draft.signOut = .form(page: page.request.address.target, action: action)
        } else if let link = links.first(where: { FormChoice.looksLikeSignOut(HTMLForm(action: $0.text)) }) {
            draft.signOut = .link(link.path)
        }
    }

    /// Whether an address is answered otherwise to a stranger.
    private func isProtected(_ path: String, for stranger: Device) async throws -> Bool {
        var (inside, outside) = (device, stranger)
        let seen = RefusalRule.Sample(try await inside.travel(try inside.get(path)))
        let refused = RefusalRule.Sample(try await outside.travel(try outside.get(path)))
        return seen != nil && (seen?.status ?? 500) < 400 && seen?.key != refused?.key
    }

    private static func described(_ set: SetCookie) -> String {
        let missing = [("Secure", set.isSecure), ("HttpOnly", set.isHTTPOnly), ("SameSite", set.sameSite != nil)]
            .filter { !$0.1 }.map(\.0)
        return set.name + (missing.isEmpty ? "" : " (without \(missing.joined(separator: ", ")))")
    }
}
