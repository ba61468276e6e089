extension TargetReader {
    static let keys = [
        "base", "hosts", "rate", "patience", "user", "sign-in", "sign-out", "protected", "refused", "headers", "access",
        "refresh", "remember", "everywhere", "others", "devices", "password-change", "streams", "redirect-parameters",
        "public-key", "timeouts", "second-user", "browser",
    ]

    mutating func target(_ root: YAMLPlace) -> Target? {
        let members = members(
            of: root, known: Self.keys, required: ["base", "sign-in", "sign-out", "protected"], what: "a target file")
        // With a wrong one the rest is read all the same, so that all mistakes are told at once.
        guard let base = members["base"].flatMap({ self.base($0) }) ?? WebAddress("http://localhost") else {
            return nil
        }
        var target = Target(
            base: base, hosts: ["\(base.host):\(base.port)"],
            rate: base.isLoopback ? AuditLimits.rateOnLoopback : AuditLimits.rateElsewhere,
            patience: AuditLimits.patience, signIn: members["sign-in"].map { steps($0) } ?? [],
            signOut: members["sign-out"].map { steps($0) } ?? [],
            protected: members["protected"].map { protected($0) } ?? [])
        readNetwork(members, into: &target)
        readAccount(members, into: &target)
        readBrowser(members, into: &target)
        readTokens(members, into: &target)
        readEndings(members, into: &target)
        if let refused = members["refused"] { target.refusal = refusal(refused) }
        if let streams = members["streams"] {
            for stream in list(streams) {
                let members = self.members(of: stream, known: ["sse", "websocket", "send"], what: "a stream")
                if stream.isMapping, members.isEmpty { fault(stream, "write `sse: /path` or `websocket: /path`") }
                if let path = members["sse"] { target.eventStreams.append(self.path(path).shown) }
                let question = members["send"].map { template($0) }
                if let path = members["websocket"] {
                    target.webSockets.append(Target.WebSocket(path: self.path(path).shown, question: question))
                } else if question != nil {
                    fault(stream, "`send` is for a WebSocket: `{websocket: /path, send: text}`")
                }
            }
        }
        if let parameters = members["redirect-parameters"] {
            target.redirectParameters = list(parameters).map { text($0) }
        }
        target.publicKey = members["public-key"].map { text($0) }
        // Where the application is may come from the environment, too, and stands in every report.
        target.secrets = secrets.filter { secret in
            WebAddress(secret.value) != target.base && !target.hosts.contains(secret.value)
        }
        checkValues(target, root)
        checkCommands(target, root)
        return target
    }

    private mutating func base(_ place: YAMLPlace) -> WebAddress? {
        let text = text(place)
        guard let base = WebAddress(text) else {
            fault(
                place, "`\(text)` is no web address; write one such as http://127.0.0.1:8000 or https://app.example.com"
            )
            return nil
        }
        if base.path != "/" || base.query != nil {
            fault(place, "it is the scheme, the host and the port alone: \(base.origin); paths follow below")
        }
        return base
    }

    private mutating func readNetwork(_ members: [String: YAMLPlace], into target: inout Target) {
        if let hosts = members["hosts"] {
            for place in list(hosts) {
                let text = text(place)
                if let (host, port) = WebAddress.hostAndPort(text) {
                    target.hosts.insert("\(host):\(port ?? (target.base.scheme == "https" ? 443 : 80))")
                } else {
                    fault(place, "`\(text)` is no host; write api.example.com or api.example.com:8443")
                }
            }
        }
        if let rate = members["rate"] { target.rate = number(rate, in: 1...1000) ?? target.rate }
        if let patience = members["patience"] { target.patience = duration(patience) ?? target.patience }
        if let timeouts = members["timeouts"] {
            let parts = self.members(of: timeouts, known: ["idle", "absolute"], what: "`timeouts`")
            target.timeouts.idle = parts["idle"].flatMap { duration($0) }
            target.timeouts.absolute = parts["absolute"].flatMap { duration($0) }
        }
    }

    private mutating func readAccount(_ members: [String: YAMLPlace], into target: inout Target) {
        if let user = members["user"] {
            let parts = self.members(
                of: user, known: ["name", "password"], required: ["name", "password"], what: "`user`")
            target.user = Target.Account(
                name: parts["name"].map { text($0) } ?? "", password: parts["password"].map { password($0) } ?? "")
        }
        if let change = members["password-change"] {
            let parts = self.members(
                of: change, known: ["new-password", "steps"], required: ["new-password", "steps"],
                what: "`password-change`")
            target.passwordChange = Target.PasswordChange(
                newPassword: parts["new-password"].map { password($0) } ?? "",
                steps: parts["steps"].map { steps($0) } ?? [])
        }
    }

    mutating func password(_ place: YAMLPlace) -> String {
        demandSecret(template(place), at: place)
        return text(place)
    }

    private mutating func readTokens(_ members: [String: YAMLPlace], into target: inout Target) {
        if let headers = members["headers"] { target.headers = named(headers) }
        target.access = members["access"].flatMap { tokenPlace($0) }
        if let refresh = members["refresh"] {
            let parts = self.members(
                of: refresh, known: ["token", "steps"], required: ["token", "steps"], what: "`refresh`")
            if let token = parts["token"].flatMap({ tokenPlace($0) }) {
                target.refresh = Target.Refresh(token: token, steps: parts["steps"].map { steps($0) } ?? [])
            }
        }
        if let remember = members["remember"] {
            let parts = self.members(
                of: remember, known: ["cookie", "sign-in"], required: ["cookie"], what: "`remember`")
            target.remember = Target.Remember(
                cookie: parts["cookie"].map { text($0) } ?? "", signIn: parts["sign-in"].map { steps($0) })
        }
    }

    private mutating func readEndings(_ members: [String: YAMLPlace], into target: inout Target) {
        target.everywhere = members["everywhere"].map { steps($0) }
        target.others = members["others"].map { steps($0) }
        if let devices = members["devices"] {
            let parts = self.members(
                of: devices, known: ["identify", "end"], required: ["identify", "end"], what: "`devices`")
            target.devices = Target.Devices(
                identify: parts["identify"].map { steps($0) } ?? [], end: parts["end"].map { steps($0) } ?? [])
        }
    }

    private mutating func tokenPlace(_ place: YAMLPlace) -> Target.TokenPlace? {
        let parts = members(of: place, known: ["value", "cookie"], what: "a token's place")
        guard place.isMapping else { return nil }
        if let value = parts["value"], parts.count == 1 { return .value(text(value)) }
        if let cookie = parts["cookie"], parts.count == 1 { return .cookie(text(cookie)) }
        fault(place, "write {value: name} for what a step picked, or {cookie: name}")
        return nil
    }

    private mutating func protected(_ place: YAMLPlace) -> [Target.Protected] {
        let items = list(place)
        if place.isList, items.isEmpty {
            fault(place, "name at least one address that is only for those who are signed in")
        }
        return items.map { item in
            guard item.isMapping else { return Target.Protected(path: path(item).shown) }
            let parts = members(of: item, known: ["path", "shows"], required: ["path"], what: "a protected address")
            return Target.Protected(
                path: parts["path"].map { path($0).shown } ?? "/", shows: parts["shows"].map { text($0) })
        }
    }

    private mutating func refusal(_ place: YAMLPlace) -> Target.Refusal {
        let parts = members(of: place, known: ["status", "redirect", "text"], what: "`refused`")
        return Target.Refusal(
            statuses: parts["status"].map { list($0).compactMap { number($0, in: 100...599) } } ?? [],
            redirect: parts["redirect"].map { path($0).shown }, text: parts["text"].map { text($0) })
    }
}
