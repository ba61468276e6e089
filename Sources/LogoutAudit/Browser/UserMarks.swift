/// What tells that something is of a certain user.
struct UserMarks: Hashable, Sendable {
    /// The name as it is typed in, and what of an address stands before the `@`.
    let names: [String]
    /// Texts that only this user sees.
    let texts: [String]

    /// Names that are words of every application.
    private static let common: Set<String> = [
        "admin", "administrator", "root", "user", "test", "tester", "demo", "guest", "name", "account",
    ]

    /// Words that stand on buttons and in headings, whoever has signed in.
    private static let ofPages: Set<String> = [
        "sign", "log", "out", "off", "logout", "signout", "account", "profile", "settings", "dashboard", "home",
        "welcome", "my", "your", "the", "orders", "hello", "hi", "menu", "admin", "change", "password", "you", "are",
        "signed", "logged", "in", "back", "overview", "end", "session",
    ]

    /// Takes them from a name and from what protected addresses show, of which what buttons show does not count.
    init(name: String?, shows: [String]) {
        let parts = [name, name.flatMap { $0.contains("@") ? String($0.prefix { $0 != "@" }) : nil }]
        names = parts.compactMap { $0 }.filter { $0.count >= 3 && !Self.common.contains($0.lowercased()) }
        texts = shows.map(PageMarks.flattened).filter { !PageMarks.words(of: $0).isSubset(of: Self.ofPages) }
    }

    /// The first mark that a text has.
    func mark(in text: String) -> String? { ownText(in: text) ?? name(in: text) }

    func ownText(in text: String) -> String? {
        let text = PageMarks.flattened(text)
        return texts.first { text.contains($0) }
    }

    /// A name that is there as a word of its own.
    func name(in text: String) -> String? {
        names.first { name in
            text.lowercased().ranges(of: name.lowercased()).contains { range in
                let text = text.lowercased()
                let before = range.lowerBound > text.startIndex ? text[text.index(before: range.lowerBound)] : " "
                let after = range.upperBound < text.endIndex ? text[range.upperBound] : " "
                return !(before.isLetter || before.isNumber || after.isLetter || after.isNumber)
            }
        }
    }
}
