extension DraftFinder {
    /// Pages that are looked at signed in: what a menu has.
    private static let pages = 12
    private static let harmful = ["delete", "remove", "cancel", "unsubscribe", "deactivate"]

    /// Signs in and looks for the sign-out and for what only the signed-in see.
    mutating func lookInside() async throws {
        let stranger = freshDevice
        device = freshDevice
        device.startRecording()
        let landing: Exchange
        do {
            guard let last = try await device.perform(draft.signIn).last else { return }
            landing = last
        } catch let failure as StepFailure {
            draft.hasSignedIn = false
            draft.notes.append("In its own words: \(failure.reason).")
            return
        }
        // A form to change the password has other fields than the one to sign in with.
        let asked = draft.signIn.last?.fill.map(\.name) ?? []
        draft.hasSignedIn = !HTMLForm.all(in: landing.answer.body).contains { form in
            form.hasPassword && asked.allSatisfy { form.has($0) }
        }
        for cookie in device.receipts.map({ Self.described($0.set) }) where !draft.cookies.contains(cookie) {
            draft.cookies.append(cookie)
        }
        guard draft.hasSignedIn == true else { return }
        try await takeTokens(of: landing)
        let ordinary = Set(device.jar.cookies.map(\.name))
        try await look(from: landing, stranger: stranger)
        try await takeRememberCookie(besides: ordinary)
    }

    private mutating func takeTokens(of landing: Exchange) async throws {
        guard let pointer = JSONValue(text: landing.answer.body)?.access, let last = draft.signIn.indices.last else {
            return
        }
        draft.signIn[last].picks = [Pick(name: "access", way: .json(pointer))]
        draft.headers = [
            Step.Named(name: "Authorization", value: Template(pieces: [.text("Bearer "), .value("access")]))
        ]
        draft.access = .value("access")
        TargetDraft.pickTokens(of: landing.answer, in: &draft.signIn, besides: [])
        var reader = device
        let keys = "/.well-known/jwks.json"
        if let found = try await reader.travel(try reader.get(keys)).last?.answer, found.hasKeys {
            draft.publicKey = keys
        }
        device = freshDevice
        try await device.perform(draft.signIn)
    }

    private mutating func look(from landing: Exchange, stranger: Device) async throws {
        var waiting = landing.answer.isHTML ? [landing.request.address.target] : [start.target]
        waiting += scriptPaths
        var seen = Set<String>()
        while let path = waiting.first, seen.count < Self.pages {
            waiting.removeFirst()
            let text = path.lowercased()
            let isAvoided =
                SignOutWords.kind(path) != nil || SignOutWords.isSignIn(path)
                || Self.harmful.contains(where: text.contains)
            guard !isAvoided, seen.insert(path).inserted else { continue }
            var reader = device
            guard let exchange = try await reader.travel(try reader.get(path)).last, exchange.answer.status < 400 else {
                continue
            }
            if exchange.answer.mediaType == "text/event-stream" {
                draft.eventStreams.append(path)
                continue
            }
            if draft.protected.count < RecordingLimits.protected, try await isProtected(path, for: stranger) {
                draft.protected.append(path)
            }
            guard exchange.answer.isHTML else { continue }
            let page = SeenPage(exchange)
            take(page, at: path)
            let known = scriptPaths.count
            try await readScripts(of: exchange)
            waiting += page.links.map(\.path) + scriptPaths[known...]
        }
        takeCalls()
        try await openSignOut()
    }

    /// Opens the link of the sign-out, which may lead to a page that asks once more.
    private mutating func openSignOut() async throws {
        guard case .request("GET", let path)? = draft.signOut.last?.action else { return }
        var reader = device
        guard let exchange = try await reader.travel(try reader.get(path.shown)).last, exchange.answer.status < 400
        else {
            return
        }
        let page = SeenPage(exchange)
        for form in page.forms where form.method == "POST" && !form.hasPassword {
            let action = page.action(of: form)
            guard action == page.address.path || SignOutWords.kind(form) == .this else { continue }
            var step = Step(action: .form(page: path), line: 0)
            step.formAction = Template(action)
            draft.signOut = [step]
            return
        }
    }

    /// Takes the controls of a page that end sessions or change the password.
    private mutating func take(_ page: SeenPage, at path: String) {
        for form in page.forms {
            let action = page.action(of: form)
            var step = Step(action: .form(page: Template(path)), line: 0)
            step.formAction = Template(action)
            // Forms of one action differ in hidden fields alone, and a step can name but the first of them.
            let chosen = FormChoice(step: step, action: action, page: page.address).form(among: page.forms)
            guard chosen == form else { continue }
            switch SignOutWords.kind(form) {
            case .this? where draft.signOut.isEmpty: draft.signOut = [step]
            case .everywhere? where draft.everywhere.isEmpty: draft.everywhere = [step]
            case .others? where draft.others.isEmpty: draft.others = [step]
            case nil: takePasswordChange(form, step)
            default: break
            }
        }
        for link in page.links where draft.signOut.isEmpty && SignOutWords.kind(link.text) == .this {
            draft.signOut = [Step(action: .request(method: "GET", path: Template(link.path)), line: 0)]
        }
    }

    private mutating func takePasswordChange(_ form: HTMLForm, _ step: Step) {
        let fields = form.fields.filter { $0.type == "password" }.map(\.name)
        guard fields.count >= 2, draft.passwordChange.isEmpty else { return }
        var step = step
        // The old one comes first; what follows are the new one and the new one again.
        step.fill = fields.enumerated().map { index, name in
            let isOld = index == 0 && (fields.count > 2 || !name.lowercased().contains("new"))
            return Step.Named(name: name, value: Template(pieces: [.value(isOld ? "password" : "new-password")]))
        }
        draft.passwordChange = [step]
    }

    /// Where no page has a control, a script may have a call.
    private mutating func takeCalls() {
        for path in scriptPaths {
            var step = Step(action: .request(method: "POST", path: Template(path)), line: 0)
            step.body = .json(.object([]))
            switch SignOutWords.kind(path) {
            case .this? where draft.signOut.isEmpty:
                draft.signOut = [step]
                draft.notes.append("The sign-out, POST \(path), was found in a script; what it sends along was not.")
            case .everywhere? where draft.everywhere.isEmpty: draft.everywhere = [step]
            case .others? where draft.others.isEmpty: draft.others = [step]
            default: break
            }
        }
    }

    /// Whether an address is answered otherwise to a stranger.
    private func isProtected(_ path: String, for stranger: Device) async throws -> Bool {
        var (inside, outside) = (device, stranger)
        let seen = RefusalRule.Sample(try await inside.travel(try inside.get(path)))
        let refused = RefusalRule.Sample(try await outside.travel(try outside.get(path)))
        return seen != nil && (seen?.status ?? 500) < 400 && seen?.key != refused?.key
    }

    /// Signs in with the box ticked, to see which cookie comes besides the others.
    private mutating func takeRememberCookie(besides ordinary: Set<String>) async throws {
        guard !draft.rememberSteps.isEmpty else { return }
        var device = freshDevice
        guard (try? await device.perform(draft.rememberSteps)) != nil,
            let cookie = device.jar.cookies.first(where: { !ordinary.contains($0.name) })
        else { return }
        draft.remember = Target.Remember(cookie: cookie.name, signIn: draft.rememberSteps)
    }

    private static func described(_ set: SetCookie) -> String {
        let missing = [("Secure", set.isSecure), ("HttpOnly", set.isHTTPOnly), ("SameSite", set.sameSite != nil)]
            .filter { !$0.1 }.map(\.0)
        return set.name + (missing.isEmpty ? "" : " (without \(missing.joined(separator: ", ")))")
    }
}
