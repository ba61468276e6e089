/// A text with places for values that are known only while the audit runs: `Bearer {{access}}`.
package struct Template: Hashable, Sendable {
    enum Piece: Hashable, Sendable {
        case text(String)
        /// A text that came from the environment.
        case secret(String)
        case value(String)

        var isSecret: Bool { if case .secret = self { true } else { false } }
    }

    var pieces: [Piece]

    init(pieces: [Piece]) { self.pieces = pieces }

    /// A text without places.
    init(_ text: String) { pieces = [.text(text)] }

    /// Whether all of it stands in the target file, so that a stranger could know it.
    var isPublic: Bool {
        pieces.allSatisfy { if case .text = $0 { true } else { false } }
    }

    /// The values that it needs.
    var names: [String] {
        pieces.compactMap { if case .value(let name) = $0 { name } else { nil } }
    }

    /// The text with its values; throws the name of a value that is missing.
    func text(_ values: [String: String]) throws(MissingValue) -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let part), .secret(let part): text += part
            case .value(let name):
                guard let value = values[name] else { throw MissingValue(name: name) }
                text += value
            }
        }
        return text
    }

    struct MissingValue: Error, CustomStringConvertible {
        let name: String
        var description: String { "nothing has been picked as {{\(name)}} yet" }
    }

    /// The text as it may be shown: places by their names.
    var shown: String {
        pieces.map { piece in
            switch piece {
            case .text(let part): part
            case .secret: "${…}"
            case .value(let name): "{{\(name)}}"
            }
        }.joined()
    }
}
