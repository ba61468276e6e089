/// Tells a page for the signed-in from all others by what it shows.
struct PageMarks: Hashable, Sendable {
    /// What it shows to the signed-in alone, as the target file says.
    let shows: String?
    /// Words that it shows to them, and to nobody else.
    let words: Set<String>

    /// Learns from a look at the page, signed in, and at what others get; nil when they do not differ.
    init?(signedIn: String, signedOut: [String], shows: String?) {
        let shows = shows.map(Self.flattened)
        let tells = shows.map { shows in
            Self.flattened(signedIn).contains(shows) && !signedOut.contains { Self.flattened($0).contains(shows) }
        }
        self.shows = tells == true ? shows : nil
        words = signedOut.reduce(Self.words(of: signedIn)) { $0.subtracting(Self.words(of: $1)) }
        if words.isEmpty, self.shows == nil { return nil }
    }

    /// Whether a text is that of the page as the signed-in see it.
    func isShown(in text: String) -> Bool {
        if let shows { return Self.flattened(text).contains(shows) }
        return words.intersection(Self.words(of: text)).count * 2 >= words.count
    }

    static func words(of text: String) -> Set<String> {
        Set(text.split { !($0.isLetter || $0.isNumber) }.map { $0.lowercased() }.filter { $0.count > 1 })
    }

    /// The text with one space in the place of all white space.
    static func flattened(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
