/// Who may sign in: the application's own business, which Exeunt has no part in.
///
/// A real one keeps hashes of passwords and counts wrong attempts.
struct Users: Sendable {
    private let passwords: [String: String]

    /// The users of a text such as `ada:secret grace:secret`; with passwords made up just now, if there is none.
    init(_ text: String?) {
        let letters = Array("abcdefghijkmnpqrstuvwxyz23456789")
        let text =
            text
            ?? ["ada", "grace"].map { "\($0):" + String((0..<12).map { _ in letters.randomElement() ?? "x" }) }
            .joined(separator: " ")
        let pairs = text.split(separator: " ").compactMap { entry -> (String, String)? in
            let parts = entry.split(separator: ":", maxSplits: 1).map(String.init)
            return parts.count == 2 ? (parts[0], parts[1]) : nil
        }
        passwords = Dictionary(pairs) { $1 }
    }

    func isRight(_ password: String, of name: String) -> Bool { passwords[name] == password }

    var announcement: String {
        let users = passwords.sorted { $0.key < $1.key }.map { "\($0.key) with \($0.value)" }
        return "Sign in as " + users.joined(separator: ", or as ")
    }
}
