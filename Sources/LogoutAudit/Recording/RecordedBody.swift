/// What a recorded request carried, taken apart.
enum RecordedBody: Hashable, Sendable {
    struct Leaf: Hashable, Sendable {
        /// The field's name, or the last part of the pointer.
        var name: String
        var value: String
    }

    case none
    case fields([Leaf])
    case json(JSONValue)
    case text(String)

    init(_ request: WebRequest) {
        guard let body = request.body, !body.isEmpty else {
            self = .none
            return
        }
        let type = (request.headers["Content-Type"] ?? "").lowercased()
        if type.hasPrefix("multipart/form-data") {
            self = .fields(Self.parts(of: body))
        } else if type.contains("json") || body.hasPrefix("{"), let value = JSONValue(text: body) {
            self = .json(value)
        } else if type.isEmpty || type.contains("urlencoded") {
            self = .fields(Self.pairs(body))
        } else {
            self = .text(body)
        }
    }

    /// Names and values of a form or a query.
    static func pairs(_ text: String) -> [Leaf] {
        text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                FormText.decoded(String($0).replacing("+", with: " "))
            }
            return Leaf(name: parts[0], value: parts.count > 1 ? parts[1] : "")
        }
    }

    /// The fields of a multipart form, files left out (RFC 7578).
    private static func parts(of body: String) -> [Leaf] {
        body.replacing("\r\n", with: "\n").split(separator: /\n?--[^\n]{8,}\n?/).compactMap { part in
            guard let gap = part.firstRange(of: "\n\n"), !part[..<gap.lowerBound].contains("filename=\""),
                let name = part[..<gap.lowerBound].firstMatch(of: /[; ]name="([^"]*)"/)
            else { return nil }
            return Leaf(name: String(name.output.1), value: String(part[gap.upperBound...]))
        }
    }

    /// All texts in it.
    var leaves: [Leaf] {
        switch self {
        case .none, .text: []
        case .fields(let leaves): leaves
        case .json(let value): Self.leaves(of: value, name: "")
        }
    }

    private static func leaves(of value: JSONValue, name: String) -> [Leaf] {
        switch value {
        case .object(let members):
            members.sorted { $0.key < $1.key }.flatMap { leaves(of: $0.value, name: $0.key) }
        case .array(let items): items.flatMap { leaves(of: $0, name: name) }
        case .string(let text): [Leaf(name: name, value: text)]
        default: []
        }
    }
}
