import NIOCore

/// Every request with the next token, whoever sends it.
struct EachScript: Script {
    private let template: RequestTemplate
    private let tokens: [String]
    private let isOnce: Bool
    private var next = 0

    init(_ template: RequestTemplate, tokens: [String], isOnce: Bool) {
        self.template = template
        self.tokens = tokens
        self.isOnce = isOnce
    }

    var steps: [String] { [template.name] }

    mutating func write(for connection: Int, to buffer: inout ByteBuffer) -> Int? {
        if next == tokens.count {
            if isOnce { return nil }
            next = 0
        }
        template.write(tokens[next], to: &buffer)
        next += 1
        return 0
    }

    var tokensLeft: [String] { isOnce ? Array(tokens[next...]) : tokens }

    func took(_ answer: Answer, of step: Int, for connection: Int) {}
}
