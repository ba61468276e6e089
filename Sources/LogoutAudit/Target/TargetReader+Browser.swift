extension TargetReader {
    mutating func readBrowser(_ members: [String: YAMLPlace], into target: inout Target) {
        if let user = members["second-user"] {
            let parts = self.members(
                of: user, known: ["name", "password", "never-sees"], required: ["name", "password"],
                what: "`second-user`")
            target.neverShownToSecond = parts["never-sees"].map { texts in list(texts).map { text($0) } } ?? []
            target.secondUser = Target.Account(
                name: parts["name"].map { text($0) } ?? "", password: parts["password"].map { password($0) } ?? "")
            if let first = target.user, first.name == target.secondUser?.name {
                fault(user, "it is the same as `user`; it must be somebody else")
            }
        }
        guard let browser = members["browser"] else { return }
        let parts = self.members(of: browser, known: ["sign-in", "sign-out", "pages"], what: "`browser`")
        target.browser = Target.BrowserSteps(
            signIn: parts["sign-in"].map { browserSteps($0, of: target) },
            signOut: parts["sign-out"].map { browserSteps($0, of: target) },
            pages: parts["pages"].map { pages in list(pages).map { path($0).shown } } ?? [])
    }

    private mutating func browserSteps(_ place: YAMLPlace, of target: Target) -> [BrowserStep] {
        let items = list(place)
        if place.isList, items.isEmpty { fault(place, "the list of steps is empty") }
        let known: Set<String> = target.user == nil ? [] : ["user", "password"]
        return items.compactMap { item in
            guard let step = browserStep(item) else { return nil }
            for name in step.names where !known.contains(name) {
                fault(item, "in a browser there is no {{\(name)}}, but {{user}} and {{password}} of `user`")
            }
            return step
        }
    }

    private mutating func browserStep(_ place: YAMLPlace) -> BrowserStep? {
        let verbs = ["open", "type", "click", "wait"]
        let members = members(of: place, known: verbs, what: "a step in a browser")
        guard place.isMapping else { return nil }
        guard members.count == 1, let (verb, what) = members.first else {
            if members.count > 1 { fault(place, "a step does one thing; make a step of each") }
            return nil
        }
        switch verb {
        case "open": return .open(path(what))
        case "click": return spot(what).map { .click($0) }
        case "wait": return spot(what).map { .wait($0) }
        default:
            guard what.isMapping else {
                fault(what, "here must be fields with what is typed into them: `\"[name=email]\": \"{{user}}\"`")
                return nil
            }
            return .type(
                what.members.map { selector, value in
                    let template = template(value)
                    if Self.isSecretName(selector) { demandSecret(template, at: value) }
                    return BrowserStep.Entry(place: .selector(selector), value: template)
                })
        }
    }

    /// A CSS selector, or `{text: …}`.
    private mutating func spot(_ place: YAMLPlace) -> BrowserStep.Place? {
        if let selector = place.text { return .selector(selector) }
        guard place.isMapping else {
            fault(place, "here must be a CSS selector, or {text: Sign out} for what shows that text")
            return nil
        }
        let parts = members(of: place, known: ["text"], required: ["text"], what: "a place on a page")
        return parts["text"].map { .text(text($0)) }
    }
}
