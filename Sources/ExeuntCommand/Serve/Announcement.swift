/// What the server says of itself when it answers.
struct Announcement: Sendable {
    private struct Ready: Encodable {
        var event = "ready"
        var url: String
    }

    /// Where it answers.
    let url: String
    /// Where people should go.
    let publicURL: String
    /// The demo accounts, a line each; empty without them.
    let demo: [String]

    /// Tells people on standard error, and then programs on standard output.
    func make() throws {
        if !demo.isEmpty { Output.writeError(box) }
        try Output.json(Ready(url: url))
    }

    private var box: String {
        let lines =
            ["Exeunt is at \(publicURL)", "", "Sign in as one of these; they are for trying things out:"]
            + demo.map { "  " + $0 }
        let width = lines.map(\.count).max() ?? 0
        let edge = String(repeating: "─", count: width + 2)
        let middle = lines.map { "│ \($0.padded(to: width)) │\n" }.joined()
        return "\n┌\(edge)┐\n\(middle)└\(edge)┘\n\n"
    }
}
