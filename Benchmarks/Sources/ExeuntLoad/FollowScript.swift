import NIOCore

/// Each connection is a verifier: it applies what it is told by asking for what comes next.
struct FollowScript: Script {
    private struct Verifier {
        let id: String
        var node: String?
        var after = "0"
    }

    private let template: RequestTemplate
    private var verifiers: [Verifier]

    init(_ template: RequestTemplate, connections: Int) {
        self.template = template
        // The last of the 22 characters of 16 bytes has two bits to itself.
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        verifiers = (0..<connections).map { _ in
            Verifier(id: String((0..<21).compactMap { _ in letters.randomElement() }) + "A")
        }
    }

    var steps: [String] { [template.name] }

    mutating func write(for connection: Int, to buffer: inout ByteBuffer) -> Int? {
        let verifier = verifiers[connection]
        let node = verifier.node.map { "&node=\($0)" } ?? ""
        template.write("verifier=\(verifier.id)\(node)&after=\(verifier.after)", to: &buffer)
        return 0
    }

    mutating func took(_ answer: Answer, of step: Int, for connection: Int) {
        guard answer.status == 200, let node = answer.member("node"), let head = answer.number("head") else { return }
        verifiers[connection].node = node
        verifiers[connection].after = head
    }

    var tokensLeft: [String] { [] }
}
