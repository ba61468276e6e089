/// Texts, names and steps as a target file has them.
enum YAMLText {
    private static let words = ["true", "false", "null", "yes", "no", "on", "off"]

    /// A text, in quotes where it needs them.
    static func scalar(_ text: String) -> String {
        let isPlain = text.wholeMatch(of: /[A-Za-z\/_][A-Za-z0-9_.\/-]*/) != nil
        return isPlain && !words.contains(text.lowercased()) ? text : JSONString.quoted(text)
    }

    static func list(_ texts: [String]) -> String { "[" + texts.map(scalar).joined(separator: ", ") + "]" }

    static func mapping(_ pairs: [(String, String)]) -> String {
        "{" + pairs.map { "\(scalar($0.0)): \($0.1)" }.joined(separator: ", ") + "}"
    }

    static func named(_ fields: [Step.Named]) -> String { mapping(fields.map { ($0.name, scalar($0.value.shown)) }) }

    static func json(_ template: JSONTemplate) -> String {
        switch template {
        case .text(let text): JSONString.quoted(text.shown)
        case .literal(let text): text
        case .array(let items): "[" + items.map(json).joined(separator: ", ") + "]"
        case .object(let members): mapping(members.map { ($0.name, json($0.value)) })
        }
    }

    static func picks(_ picks: [Pick]) -> String {
        mapping(
            picks.map { pick in
                let (way, spot) = pick.way.named
                return (pick.name, mapping([(way, scalar(spot))]))
            })
    }

    static func place(_ place: Target.TokenPlace) -> String {
        switch place {
        case .value(let name): mapping([("value", scalar(name))])
        case .cookie(let name): mapping([("cookie", scalar(name))])
        }
    }

    /// The steps as a list, one key to a line.
    static func steps(_ steps: [Step], indent: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        return steps.map { step in
            lines(of: step).enumerated().map { margin + ($0 == 0 ? "- " : "  ") + $1 + "\n" }.joined()
        }.joined()
    }

    private static func lines(of step: Step) -> [String] {
        var lines: [String]
        switch step.action {
        case .request(let method, let path): lines = ["\(method.lowercased()): \(scalar(path.shown))"]
        case .form(let page): lines = ["form: \(scalar(page.shown))"]
        case .command(let words): lines = ["command: \(list(words.map(\.shown)))"]
        }
        if let action = step.formAction { lines.append("action: \(scalar(action.shown))") }
        if !step.fill.isEmpty { lines.append("fill: \(named(step.fill))") }
        if let button = step.button { lines.append("button: \(scalar(button))") }
        switch step.body {
        case .none: break
        case .fields(let fields): lines.append("fields: \(named(fields))")
        case .json(let template): lines.append("json: \(json(template))")
        case .text(let text): lines.append("text: \(scalar(text.shown))")
        }
        if !step.headers.isEmpty { lines.append("headers: \(named(step.headers))") }
        if !step.picks.isEmpty { lines.append("pick: \(picks(step.picks))") }
        if let expect = step.expect { lines.append("expect: [\(expect.map(String.init).joined(separator: ", "))]") }
        if !step.follows { lines.append("follow: false") }
        return lines
    }
}

extension Pick.Way {
    /// The key of the way in a target file, and what stands there.
    var named: (String, String) {
        switch self {
        case .hidden(let name): ("hidden", name)
        case .meta(let name): ("meta", name)
        case .cookie(let name): ("cookie", name)
        case .decodedCookie(let name): ("decoded-cookie", name)
        case .header(let name): ("header", name)
        case .json(let pointer): ("json", pointer)
        case .regex(let pattern): ("regex", pattern)
        }
    }
}
