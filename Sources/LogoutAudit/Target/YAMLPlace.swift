internal import Yams

/// A node of the target file that knows where it stands.
struct YAMLPlace {
    let node: Node
    let path: String

    var line: Int? { node.mark?.line }

    func fault(_ message: String) -> TargetFault { TargetFault(line: line, place: path, message: message) }

    var isList: Bool { node.sequence != nil }
    var isMapping: Bool { node.mapping != nil }

    /// What it is, for a message.
    var kind: String {
        switch node {
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .scalar(let scalar): scalar.string.isEmpty ? "empty" : "a text"
        case .alias: "an alias"
        }
    }

    /// The text of a scalar.
    var text: String? { node.scalar?.string }

    /// A number, a truth value or null that is written without quotes.
    var literal: String? {
        guard let scalar = node.scalar, scalar.style == .plain else { return nil }
        let text = scalar.string
        if ["true", "false", "null"].contains(text) { return text }
        return text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?/) == nil ? nil : text
    }

    var items: [YAMLPlace] {
        (node.sequence.map(Array.init) ?? []).enumerated().map { YAMLPlace(node: $1, path: "\(path)[\($0)]") }
    }

    /// The keys of a mapping with their values, in their order.
    var members: [(key: String, value: YAMLPlace)] {
        guard let mapping = node.mapping else { return [] }
        return mapping.map { key, value in
            let name = key.scalar?.string ?? ""
            return (name, YAMLPlace(node: value, path: path.isEmpty ? name : "\(path).\(name)"))
        }
    }
}
