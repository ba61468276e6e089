/// The questions that a draft leaves, with what was found as the answers to begin with.
package struct Interview: Sendable {
    package struct Question: Hashable, Sendable {
        package var key: Key
        package var text: String
        /// The answer when none is given; empty for none.
        package var standard: String
    }

    package enum Key: Hashable, Sendable, CaseIterable {
        case userVariable, passwordVariable, signIn, signInFields, signOut, protected, refusal, everywhere, others,
            devices
        case passwordChange, refresh, remember
    }

    package private(set) var draft: TargetDraft

    package init(_ draft: TargetDraft) { self.draft = draft }

    /// The next ones, in their order; a question whose answer is known for sure is not asked.
    package func question(_ key: Key) -> Question? {
        func ask(_ text: String, _ standard: String) -> Question { Question(key: key, text: text, standard: standard) }
        switch key {
        case .userVariable: return ask("Variable of the environment with the user's name", draft.userVariable)
        case .passwordVariable: return ask("Variable of the environment with the password", draft.passwordVariable)
        case .signIn:
            return draft.signIn.isEmpty
                ? ask("Sign-in: the page with its form, or a request with JSON such as `post /api/login`", "/login")
                : nil
        case .signInFields:
            return draft.hasSignedIn == true || draft.signIn.count > 1
                ? nil : ask("The fields of the user's name and of the password", fields.joined(separator: " "))
        case .signOut: return ask("Sign-out: \(Self.control)", Self.shown(draft.signOut))
        case .protected:
            return ask(
                "Pages that only the signed-in see, a download among them", draft.protected.joined(separator: " "))
        case .refusal:
            return ask("How a refusal looks: a status, a path that it redirects to, or a text on the page", "")
        case .everywhere: return ask("Sign out everywhere: \(Self.control)", Self.shown(draft.everywhere))
        case .others: return ask("Sign out the other devices: \(Self.control)", Self.shown(draft.others))
        case .devices:
            return ask(
                "Devices: the page that lists them, a regular expression with this one's name in its group, and the request that ends one",
                "")
        case .passwordChange:
            return draft.passwordChange.isEmpty
                ? ask("Password change: its page, the field of the old password and that of the new one", "") : nil
        case .refresh:
            return draft.refresh == nil && draft.access != nil
                ? ask("Refresh: its request and the fields of the refresh token and the access token", "") : nil
        case .remember:
            return draft.remember == nil && !draft.rememberSteps.isEmpty ? ask("The cookie of remember-me", "") : nil
        }
    }

    private static let control =
        "the page with its form and the form's action (`/account /logout`), or a request (`post /api/logout`)"

    private var fields: [String] {
        guard let step = draft.signIn.last else { return ["username", "password"] }
        if case .json(.object(let members)) = step.body { return members.map(\.name) }
        return step.fill.isEmpty ? ["username", "password"] : step.fill.map(\.name)
    }

    private static func shown(_ steps: [Step]) -> String {
        guard let step = steps.last else { return "" }
        switch step.action {
        case .form(let page): return [page.shown, step.formAction?.shown].compactMap { $0 }.joined(separator: " ")
        case .request(let method, let path): return "\(method.lowercased()) \(path.shown)"
        case .command: return ""
        }
    }

    /// Takes an answer; returns what is wrong with it.
    package mutating func answer(_ text: String, to key: Key) -> String? {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        switch key {
        case .userVariable, .passwordVariable:
            guard words.count == 1, text.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil else {
                return "write a name such as AUDIT_PASSWORD; the password itself is never asked for"
            }
            if key == .userVariable { draft.userVariable = text } else { draft.passwordVariable = text }
        case .signIn, .signOut, .everywhere, .others: return takeControl(words, key)
        case .signInFields: return takeFields(words)
        case .protected:
            let wrong = words.first { !$0.hasPrefix("/") }
            if let wrong { return "`\(wrong)` is no path; it begins with a slash" }
            draft.protected = words
        case .refusal: takeRefusal(text, words)
        case .passwordChange:
            guard words.count == 3, words[0].hasPrefix("/") else { return "write for example: /password old new" }
            var step = Step(action: .form(page: Template(words[0])), line: 0)
            step.fill = [
                Step.Named(name: words[1], value: Template(pieces: [.value("password")])),
                Step.Named(name: words[2], value: Template(pieces: [.value("new-password")])),
            ]
            draft.passwordChange = [step]
        case .devices: return takeDevices(words)
        case .refresh: return takeRefresh(words)
        case .remember: draft.remember = Target.Remember(cookie: text, signIn: draft.rememberSteps)
        }
        return nil
    }

    /// Leaves out what was found.
    package mutating func leaveOut(_ key: Key) {
        switch key {
        case .signOut: draft.signOut = []
        case .protected: draft.protected = []
        case .everywhere: draft.everywhere = []
        case .others: draft.others = []
        default: break
        }
    }

    private mutating func takeControl(_ words: [String], _ key: Key) -> String? {
        let isSame = words.joined(separator: " ") == question(key)?.standard && !draft.signOut.isEmpty
        // What was found may have more to it than an answer can say.
        if isSame, key != .signIn { return nil }
        guard let steps = Self.steps(words) else { return "write for example: /account /logout, or: post /api/logout" }
        switch key {
        case .signIn: draft.signIn = steps
        case .signOut: draft.signOut = steps
        case .everywhere: draft.everywhere = steps
        default: draft.others = steps
        }
        return nil
    }

    private static func steps(_ words: [String]) -> [Step]? {
        guard let first = words.first, let last = words.last, last.hasPrefix("/"), words.count <= 2 else { return nil }
        if first.hasPrefix("/") {
            var step = Step(action: .form(page: Template(first)), line: 0)
            if words.count == 2 { step.formAction = Template(last) }
            return [step]
        }
        let method = first.uppercased()
        guard words.count == 2, ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(method) else { return nil }
        return [Step(action: .request(method: method, path: Template(last)), line: 0)]
    }

    private mutating func takeFields(_ words: [String]) -> String? {
        guard words.count == 2, let index = draft.signIn.indices.last else {
            return "write for example: email password"
        }
        let values = [Template(pieces: [.value("user")]), Template(pieces: [.value("password")])]
        if case .form = draft.signIn[index].action {
            draft.signIn[index].fill = zip(words, values).map { Step.Named(name: $0, value: $1) }
        } else {
            draft.signIn[index].body = .json(
                .object(zip(words, values).map { JSONTemplate.Member(name: $0, value: .text($1)) }))
        }
        return nil
    }

    private mutating func takeRefusal(_ text: String, _ words: [String]) {
        if let status = Int(text), (100...599).contains(status) {
            draft.refusal.statuses = [status]
        } else if words.count == 1, text.hasPrefix("/") {
            draft.refusal.redirect = text
        } else {
            draft.refusal.text = text
        }
    }

    private mutating func takeDevices(_ words: [String]) -> String? {
        guard words.count == 4, words[0].hasPrefix("/"), words[3].contains("{{device}}"),
            let end = Self.steps(Array(words.suffix(2)))
        else { return "write for example: /devices data-this=\"([^\"]+)\" delete /devices/{{device}}" }
        guard (try? Regex(words[1])) != nil else { return "`\(words[1])` is no regular expression" }
        var identify = Step(action: .request(method: "GET", path: Template(words[0])), line: 0)
        identify.picks = [Pick(name: "device", way: .regex(words[1]))]
        draft.devices = Target.Devices(identify: [identify], end: end)
        return nil
    }

    private mutating func takeRefresh(_ words: [String]) -> String? {
        guard words.count == 4, var step = Self.steps(Array(words.prefix(2)))?.first,
            let index = draft.signIn.indices.last
        else { return "write for example: post /api/refresh refresh_token access_token" }
        let picks = [("refresh", words[2]), ("access", words[3])].map { name, field in
            Pick(name: name, way: .json("/" + field))
        }
        step.body = .json(
            .object([JSONTemplate.Member(name: words[2], value: .text(Template(pieces: [.value("refresh")])))]))
        step.picks = picks
        draft.signIn[index].picks.append(picks[0])
        draft.refresh = Target.Refresh(token: .value("refresh"), steps: [step])
        return nil
    }
}
