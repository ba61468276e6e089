extension TargetReader {
    private static let methods = ["get", "head", "post", "put", "patch", "delete"]
    private static let stepKeys =
        methods + [
            "form", "command", "fill", "action", "button", "fields", "json", "text", "headers", "pick", "expect",
            "follow",
        ]

    mutating func steps(_ place: YAMLPlace) -> [Step] {
        let items = list(place)
        if place.isList, items.isEmpty { fault(place, "the list of steps is empty") }
        return items.compactMap { step($0) }
    }

    private mutating func step(_ place: YAMLPlace) -> Step? {
        let members = members(of: place, known: Self.stepKeys, what: "a step")
        guard place.isMapping else { return nil }
        let verbs = (Self.methods + ["form", "command"]).filter { members[$0] != nil }
        guard let verb = verbs.first, verbs.count == 1, let path = members[verb] else {
            fault(
                place,
                verbs.isEmpty
                    ? "a step needs what it does: `get: /path`, `post: /path` and the like, `form: /page` or `command: ./program`"
                    : "a step does one thing, and this has \(verbs.listed); make a step of each")
            return nil
        }
        if verb == "command" { return command(path, of: place, members) }
        let isForm = verb == "form"
        let target = self.path(path)
        var step = Step(
            action: isForm ? .form(page: target) : .request(method: verb.uppercased(), path: target),
            line: place.line ?? 0)
        for key in ["fill", "action", "button"] where !isForm {
            if let member = members[key] {
                fault(member, "`\(key)` belongs to a `form:` step; here `fields`, `json` or `text` is the body")
            }
        }
        for key in ["fields", "json", "text"] where isForm {
            if let member = members[key] {
                fault(member, "a `form:` step has no `\(key)`; what the form is filled in with is `fill`")
            }
        }
        if let fill = members["fill"] { step.fill = named(fill) }
        step.formAction = members["action"].map { self.path($0) }
        step.button = members["button"].map { text($0) }
        step.body = body(members, at: place)
        if ["get", "head"].contains(verb), step.body != .none { fault(place, "a \(verb.uppercased()) has no body") }
        if let headers = members["headers"] { step.headers = named(headers) }
        if let picks = members["pick"] { step.picks = self.picks(picks) }
        if let expect = members["expect"] { step.expect = list(expect).compactMap { number($0, in: 100...599) } }
        if let follow = members["follow"] { step.follows = bool(follow) }
        return step
    }

    mutating func bool(_ place: YAMLPlace) -> Bool {
        switch place.text {
        case "true": return true
        case "false": return false
        default:
            fault(place, "here must be true or false, not `\(place.text ?? place.kind)`")
            return true
        }
    }

    private mutating func body(_ members: [String: YAMLPlace], at place: YAMLPlace) -> Step.Body {
        let kinds = ["fields", "json", "text"].filter { members[$0] != nil }
        guard kinds.count < 2 else {
            fault(place, "a request has one body, and this has \(kinds.listed)")
            return .none
        }
        if let fields = members["fields"] { return .fields(named(fields)) }
        if let text = members["text"] { return .text(template(text)) }
        if let json = members["json"] { return .json(self.json(json)) }
        return .none
    }

    private mutating func json(_ place: YAMLPlace) -> JSONTemplate {
        if let literal = place.literal { return .literal(literal) }
        if place.isList { return .array(place.items.map { json($0) }) }
        guard place.isMapping else { return .text(template(place)) }
        return .object(
            place.members.map { key, value in
                let json = json(value)
                if case .text(let template) = json, Self.isSecretName(key) { demandSecret(template, at: value) }
                return JSONTemplate.Member(name: key, value: json)
            })
    }

    private static let ways = ["hidden", "meta", "cookie", "decoded-cookie", "header", "json", "regex"]

    mutating func picks(_ place: YAMLPlace) -> [Pick] {
        guard place.isMapping else {
            fault(place, "here must be names with where to find them: `csrf: {hidden: csrf_token}`")
            return []
        }
        return place.members.compactMap { name, value in
            let members = members(of: value, known: Self.ways, what: "a pick")
            guard value.isMapping else { return nil }
            guard members.count == 1, let (way, spot) = members.first else {
                fault(value, "a pick has one way to find its value: \(Self.ways.listed)")
                return nil
            }
            return pick(name, way: way, at: spot)
        }
    }

    private mutating func pick(_ name: String, way: String, at place: YAMLPlace) -> Pick? {
        let text = text(place)
        guard !text.isEmpty || way == "json" else {
            fault(place, "the name to look for is missing")
            return nil
        }
        switch way {
        case "hidden": return Pick(name: name, way: .hidden(text))
        case "meta": return Pick(name: name, way: .meta(text))
        case "cookie": return Pick(name: name, way: .cookie(text))
        case "decoded-cookie": return Pick(name: name, way: .decodedCookie(text))
        case "header": return Pick(name: name, way: .header(text))
        case "json":
            if !text.isEmpty, !text.hasPrefix("/") {
                fault(place, "`\(text)` is no JSON pointer; write /\(text.replacing(".", with: "/"))")
            }
            return Pick(name: name, way: .json(text))
        default:
            if (try? Regex(text)) == nil { fault(place, "`\(text)` is no regular expression") }
            return Pick(name: name, way: .regex(text))
        }
    }
}
