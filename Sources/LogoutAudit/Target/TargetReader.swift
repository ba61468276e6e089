internal import Suggestions
internal import Yams

/// Reads a target file and gathers everything that is wrong with it.
struct TargetReader {
    var faults: [TargetFault] = []
    var secrets: [String: String] = [:]
    let environment: [String: String]

    init(environment: [String: String]) { self.environment = environment }

    mutating func fault(_ place: YAMLPlace, _ message: String) { faults.append(place.fault(message)) }

    /// The members of a mapping by their keys; says which keys are not known, and which are missing.
    mutating func members(
        of place: YAMLPlace, known: [String], required: [String] = [], what: String
    ) -> [String: YAMLPlace] {
        guard place.isMapping else {
            fault(place, "here must be a mapping with \(known.listed), not \(place.kind)")
            return [:]
        }
        var found: [String: YAMLPlace] = [:]
        for (key, value) in place.members {
            if known.contains(key) {
                if found[key] != nil { fault(value, "it is given twice") }
                found[key] = value
            } else {
                let guess = Suggestion.nearest(to: key, among: known).map { "; did you mean `\($0)`?" } ?? ""
                fault(value, "\(what) has no `\(key)`" + (guess.isEmpty ? "; it has \(known.listed)" : guess))
            }
        }
        for key in required where found[key] == nil { fault(place, "\(what) needs `\(key)`") }
        return found
    }

    /// A text with the environment's values put in.
    mutating func text(_ place: YAMLPlace) -> String { (try? template(place).text([:])) ?? "" }

    /// A text with the environment's values, and places for the run's.
    mutating func template(_ place: YAMLPlace) -> Template {
        guard let text = place.text else {
            fault(place, "here must be a text, not \(place.kind)")
            return Template("")
        }
        var pieces: [Template.Piece] = []
        var rest = text[...]
        while let match = rest.firstMatch(of: /\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\{\{\s*([A-Za-z][A-Za-z0-9_-]*)\s*\}\}/) {
            if match.range.lowerBound > rest.startIndex {
                pieces.append(.text(String(rest[..<match.range.lowerBound])))
            }
            if let name = match.output.1 {
                pieces.append(.secret(secret(String(name), at: place)))
            } else if let name = match.output.2 {
                pieces.append(.value(String(name)))
            }
            rest = rest[match.range.upperBound...]
        }
        if rest.contains("${") || rest.contains("{{") {
            fault(
                place, "`\(rest)` is not closed: write ${NAME} for the environment and {{name}} for a value of the run")
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        return Template(pieces: pieces)
    }

    private mutating func secret(_ name: String, at place: YAMLPlace) -> String {
        guard let value = environment[name], !value.isEmpty else {
            fault(place, "the environment has no \(name); set it before the audit: export \(name)=…")
            return ""
        }
        secrets[name] = value
        return value
    }

    /// Says so when a secret stands in the file itself.
    mutating func demandSecret(_ template: Template, at place: YAMLPlace) {
        guard template.isPublic, place.text?.isEmpty == false else { return }
        fault(place, "a secret belongs in the environment, not in this file; write \"${AUDIT_PASSWORD}\" and set that")
    }

    mutating func number(_ place: YAMLPlace, in range: ClosedRange<Int>) -> Int? {
        if let number = place.text.flatMap({ Int($0) }), range.contains(number) { return number }
        fault(
            place,
            "here must be a number from \(range.lowerBound) to \(range.upperBound), not `\(place.text ?? place.kind)`")
        return nil
    }

    mutating func duration(_ place: YAMLPlace) -> Duration? {
        if let duration = place.text.flatMap({ DurationText.duration($0) }) { return duration }
        fault(place, "here must be a time such as 500ms, 5s, 15m or 8h, not `\(place.text ?? place.kind)`")
        return nil
    }

    /// The items of a list; a single one may stand for a list of it.
    mutating func list(_ place: YAMLPlace) -> [YAMLPlace] {
        if place.isList { return place.items }
        if place.kind == "empty" { fault(place, "here must be a list, and there is nothing") }
        return place.kind == "empty" ? [] : [place]
    }

    mutating func named(_ place: YAMLPlace) -> [Step.Named] {
        guard place.isMapping else {
            fault(place, "here must be names with values (`name: value`), not \(place.kind)")
            return []
        }
        return place.members.map { key, value in
            let template = template(value)
            if Self.isSecretName(key) { demandSecret(template, at: value) }
            return Step.Named(name: key, value: template)
        }
    }

    static func isSecretName(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["password", "passwd", "passphrase", "secret"].contains { name.contains($0) }
    }

    /// A path on the target, or a whole address.
    mutating func path(_ place: YAMLPlace) -> Template {
        let template = template(place)
        if case .text(let start)? = template.pieces.first, !start.hasPrefix("/"), WebAddress(start) == nil {
            fault(place, "`\(start)` is no path; it begins with a slash")
        }
        return template
    }
}

extension [String] {
    /// `a`, `b` and `c`.
    var listed: String {
        let quoted = map { "`\($0)`" }
        guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "" }
        return quoted.dropLast().joined(separator: ", ") + " and " + last
    }
}
