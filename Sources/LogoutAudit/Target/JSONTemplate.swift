/// A JSON body with places for values.
indirect enum JSONTemplate: Hashable, Sendable {
    struct Member: Hashable, Sendable {
        var name: String
        var value: JSONTemplate
    }

    case text(Template)
    /// A number, a truth value or null, as it is written.
    case literal(String)
    case array([JSONTemplate])
    case object([Member])

    func body(_ values: [String: String]) throws(Template.MissingValue) -> String {
        switch self {
        case .text(let template): return JSONString.quoted(try template.text(values))
        case .literal(let text): return text
        case .array(let items):
            var parts: [String] = []
            for item in items { parts.append(try item.body(values)) }
            return "[" + parts.joined(separator: ",") + "]"
        case .object(let members):
            var parts: [String] = []
            for member in members {
                parts.append(JSONString.quoted(member.name) + ":" + (try member.value.body(values)))
            }
            return "{" + parts.joined(separator: ",") + "}"
        }
    }

    /// The same without what a stranger could not know.
    var withoutSecrets: JSONTemplate? {
        switch self {
        case .text(let template): template.isPublic ? self : nil
        case .literal: self
        case .array(let items): .array(items.compactMap(\.withoutSecrets))
        case .object(let members):
            .object(
                members.compactMap { member in member.value.withoutSecrets.map { Member(name: member.name, value: $0) }
                })
        }
    }
}
