import NIOCore

/// Each connection has some sessions and refreshes them in turn, each time with the token that the last answer gave.
struct RefreshScript: Script {
    private struct Owned {
        var tokens: [String] = []
        var turn = 0
    }

    private let template: RequestTemplate
    private var owned: [Owned]

    init(_ template: RequestTemplate, tokens: [String], connections: Int) {
        self.template = template
        owned = Array(repeating: Owned(), count: connections)
        for (index, token) in tokens.enumerated() { owned[index % connections].tokens.append(token) }
    }

    var steps: [String] { [template.name] }

    mutating func write(for connection: Int, to buffer: inout ByteBuffer) -> Int? {
        guard let token = owned[connection].tokens[safe: owned[connection].turn] else { return nil }
        template.write(token, to: &buffer)
        return 0
    }

    mutating func took(_ answer: Answer, of step: Int, for connection: Int) {
        guard answer.status == 200, let token = answer.member("refresh_token") else { return }
        owned[connection].tokens[owned[connection].turn] = token
        owned[connection].turn = (owned[connection].turn + 1) % owned[connection].tokens.count
    }

    var tokensLeft: [String] { owned.flatMap(\.tokens) }
}

extension Array {
    /// The element at an index, if there is one.
    subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
