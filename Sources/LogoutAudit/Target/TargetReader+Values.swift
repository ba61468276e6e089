extension TargetReader {
    /// Says which values are used and never picked.
    mutating func checkValues(_ target: Target, _ root: YAMLPlace) {
        var known = Set<String>()
        if target.user != nil { known.formUnion(["user", "password"]) }
        let places = Dictionary(root.members.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        func check(_ steps: [Step]?, _ key: String, with more: Set<String> = []) {
            guard let steps, let place = places[key] else { return }
            checkSteps(steps, known: known.union(more), place: place)
        }
        check(target.signIn, "sign-in")
        known.formUnion(target.signIn.flatMap { $0.picks.map(\.name) })
        check(target.remember?.signIn, "remember")
        check(target.signOut, "sign-out")
        check(target.refresh?.steps, "refresh")
        check(target.everywhere, "everywhere")
        check(target.others, "others")
        check(target.devices?.identify, "devices")
        let identified = Set((target.devices?.identify ?? []).flatMap { $0.picks.map(\.name) })
        check(target.devices?.end, "devices", with: identified)
        check(target.passwordChange?.steps, "password-change", with: ["new-password"])
        for question in target.webSockets.compactMap(\.question) {
            for name in question.names where !known.contains(name) {
                if let place = places["streams"] { fault(place, "{{\(name)}} is used before any step picks it") }
            }
        }
        for (key, token) in [("access", target.access), ("refresh", target.refresh?.token)] {
            if case .value(let name)? = token, !known.contains(name), let place = places[key] {
                fault(
                    place, "the sign-in picks nothing called `\(name)`; let a step of it `pick: {\(name): {json: /…}}`")
            }
        }
    }

    private mutating func checkSteps(_ steps: [Step], known: Set<String>, place: YAMLPlace) {
        var known = known
        for step in steps {
            for name in step.names where !known.contains(name) {
                let what =
                    name == "user" || name == "password"
                    ? "needs `user: {name: …, password: \"${AUDIT_PASSWORD}\"}`"
                    : "is used before any step picks it"
                faults.append(TargetFault(line: step.line, place: place.path, message: "{{\(name)}} \(what)"))
                known.insert(name)
            }
            known.formUnion(step.picks.map(\.name))
        }
    }
}

extension Step {
    /// The values that the step needs.
    var names: [String] {
        var templates = (fill + headers).map(\.value)
        switch action {
        case .request(_, let path): templates.append(path)
        case .form(let page): templates.append(page)
        case .command(let words): templates += words
        }
        if let formAction { templates.append(formAction) }
        switch body {
        case .none: break
        case .fields(let fields): templates += fields.map(\.value)
        case .text(let text): templates.append(text)
        case .json(let json): templates += json.templates
        }
        return templates.flatMap(\.names)
    }
}

extension JSONTemplate {
    var templates: [Template] {
        switch self {
        case .text(let template): [template]
        case .literal: []
        case .array(let items): items.flatMap(\.templates)
        case .object(let members): members.flatMap(\.value.templates)
        }
    }
}
