/// Looks at a site to begin a target file.
package struct DraftFinder: Sendable {
    let start: WebAddress
    let account: Target.Account?
    private let wire: Wire
    private let surroundings: Surroundings
    var device: Device
    var draft: TargetDraft
    /// Paths that scripts of the site name.
    var scriptPaths: [String] = []
    private var readScripts: Set<WebAddress> = []

    /// Begins at an address; with an account it also signs in, and looks at what is there then.
    package init(
        _ start: WebAddress, user: String?, password: String?, transport: any Transport, surroundings: Surroundings
    ) {
        self.start = start
        self.surroundings = surroundings
        account = user.flatMap { user in password.map { Target.Account(name: user, password: $0) } }
        let rate = start.isLoopback ? AuditLimits.rateOnLoopback : AuditLimits.rateElsewhere
        wire = Wire(
            transport: transport, hosts: ["\(start.host):\(start.port)"], rate: rate, surroundings: surroundings)
        draft = TargetDraft(base: WebAddress(start.origin) ?? start)
        device = Self.device(for: draft, account: account, wire: wire, surroundings: surroundings)
    }

    private static func device(
        for draft: TargetDraft, account: Target.Account?, wire: Wire, surroundings: Surroundings
    ) -> Device {
        var target = Target(
            base: draft.base, hosts: [], rate: 1, patience: AuditLimits.patience, user: account, signIn: [],
            signOut: [], protected: [])
        target.headers = draft.headers
        return Device(target: target, wire: wire, redactor: Redactor(), surroundings: surroundings)
    }

    /// One that has never been there, and that sends what the draft says a signed-in client sends.
    var freshDevice: Device {
        Self.device(for: draft, account: account, wire: wire, surroundings: surroundings)
    }

    /// What can be seen.
    package mutating func find() async throws -> TargetDraft {
        let visit = try await device.travel(try device.get(start.target))
        try await findSignIn(from: visit)
        if account == nil {
            draft.notes.append(
                "Signing in was not tried: set AUDIT_USER and AUDIT_PASSWORD and run `exeunt audit init` again to see more."
            )
        } else if !draft.signIn.isEmpty {
            try await lookInside()
        }
        return draft
    }

    private mutating func findSignIn(from visit: [Exchange]) async throws {
        guard let page = visit.last else { return }
        if try await takeForm(of: page) { return }
        let links = SeenPage(page).links.filter { SignOutWords.isSignIn($0.text) }.map(\.path)
        for path in (links + ["/login", "/signin", "/accounts/login/", "/users/sign_in"]).prefix(6) {
            guard let page = try await device.travel(try device.get(path)).last else { continue }
            if try await takeForm(of: page) { return }
        }
    }

    private mutating func takeForm(of page: Exchange) async throws -> Bool {
        guard page.answer.status < 400, let form = HTMLForm.all(in: page.answer.body).first(where: \.hasPassword),
            let password = form.fields.first(where: { $0.type == "password" })?.name
        else { return false }
        let user = form.fields.first { ["text", "email", "tel"].contains($0.type) }?.name
        var step = Step(action: .form(page: Template(page.request.address.target)), line: 0)
        if let user { step.fill.append(Step.Named(name: user, value: Template(pieces: [.value("user")]))) }
        step.fill.append(Step.Named(name: password, value: Template(pieces: [.value("password")])))
        draft.signIn = [step]
        let box = form.fields.first { $0.type == "checkbox" && FieldWords.isRemember($0.name) }
        // A form without a method of its own is one that a script sends: a browser would put the password into the URL.
        if form.method == "GET", !form.buttons.contains(where: { $0.method == "POST" }) {
            try await readScripts(of: page)
            draft.signIn = []
            if let call = try await callThatSignsIn(user: user ?? "username", password: password) {
                draft.signIn = [call]
            } else {
                draft.notes.append(
                    "The sign-in's form on \(page.request.address.path) is sent by a script, and which request that is was not found. Write it as a `post:` step, or record it: exeunt audit record \(draft.base.origin)"
                )
            }
        } else if let box {
            step.fill.append(Step.Named(name: box.name, value: Template(box.value)))
            draft.rememberSteps = [step]
        }
        return true
    }

    /// Takes note of the paths in a page's scripts.
    mutating func readScripts(of exchange: Exchange) async throws {
        let page = SeenPage(exchange)
        var texts = [page.inline]
        for address in page.scripts.prefix(6) where readScripts.insert(address).inserted {
            var reader = device
            if let script = try await reader.travel(WebRequest("GET", address)).last, script.answer.status == 200 {
                texts.append(script.answer.body)
            }
        }
        for path in texts.flatMap({ ScriptPaths.all(in: $0) }) where !scriptPaths.contains(path) {
            scriptPaths.append(path)
        }
    }

    /// The path of a script's that signs in with JSON; tried where there is an account, guessed by its words where not.
    private mutating func callThatSignsIn(user: String, password: String) async throws -> Step? {
        let candidates = scriptPaths.filter { path in
            SignOutWords.kind(path) == nil
                && (SignOutWords.isSignIn(path) || path.contains("session") || path.hasSuffix("/token"))
        }
        for path in candidates.prefix(4) {
            var step = Step(action: .request(method: "POST", path: Template(path)), line: 0)
            let members = [(user, "user"), (password, "password")].map { name, value in
                JSONTemplate.Member(name: name, value: .text(Template(pieces: [.value(value)])))
            }
            step.body = .json(.object(members))
            guard account != nil else { return step }
            var trial = device
            guard let answer = try? await trial.perform([step]).last?.answer else { continue }
            let hasTokens = JSONValue(text: answer.body)?.access != nil
            if !answer.isHTML, hasTokens || !answer.headers.all("Set-Cookie").isEmpty { return step }
        }
        return nil
    }
}

extension JSONValue {
    /// Where an access token is, at the top or one below.
    var access: String? {
        pointer(toMemberNamed: ["access_token", "accessToken", "access", "token", "jwt", "idToken"])
    }

    private func pointer(toMemberNamed names: [String]) -> String? {
        guard case .object(let members) = self else { return nil }
        for name in names {
            if case .string(let text)? = members[name], text.count >= 16 { return "/\(name)" }
        }
        for (name, member) in members.sorted(by: { $0.key < $1.key }) {
            if let rest = member.pointer(toMemberNamed: names) { return "/\(name)" + rest }
        }
        return nil
    }
}
