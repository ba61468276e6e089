/// A command taken apart into words, as one writes it where no shell reads it.
enum CommandWords {
    /// The words, with quotes and backslashes taken away; nil where a shell would be needed.
    static func words(in text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var rest = text[...]
        while let character = rest.popFirst() {
            if let open = quote {
                if character == open {
                    quote = nil
                } else if character == "\\", open == "\"", let next = rest.first, "\"\\".contains(next) {
                    word = (word ?? "") + String(rest.removeFirst())
                } else {
                    word = (word ?? "") + String(character)
                }
            } else if character == "\"" || character == "'" {
                (quote, word) = (character, word ?? "")
            } else if character == "\\", !rest.isEmpty {
                word = (word ?? "") + String(rest.removeFirst())
            } else if character.isWhitespace {
                if let word { words.append(word) }
                word = nil
            } else if "|&;<>`()".contains(character) || (character == "$" && rest.first != "{") {
                return nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        return quote == nil ? words : nil
    }
}
