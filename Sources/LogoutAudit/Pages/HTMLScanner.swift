/// Reads a page from tag to tag, as leniently as it has to.
struct HTMLScanner {
    private var rest: Substring

    init(_ page: String) { rest = page[...] }

    mutating func next() -> HTMLTag? {
        while let start = rest.firstIndex(of: "<") {
            rest = rest[start...].dropFirst()
            if rest.hasPrefix("!--") {
                guard let end = rest.firstRange(of: "-->") else { return nil }
                rest = rest[end.upperBound...]
                continue
            }
            guard let first = rest.first, first.isLetter || first == "/" else { continue }
            return tag()
        }
        return nil
    }

    private mutating func tag() -> HTMLTag {
        let name = rest.prefix { !$0.isWhitespace && $0 != ">" && ($0 != "/" || rest.first == "/") }
        rest = rest[name.endIndex...]
        var tag = HTMLTag(name: name.lowercased())
        readAttributes(into: &tag)
        if ["script", "style"].contains(tag.name) {
            let end = rest.firstRange(of: "</" + tag.name) ?? rest.firstRange(of: "</" + tag.name.uppercased())
            tag.text = String(rest[..<(end?.lowerBound ?? rest.endIndex)])
            rest = rest[(end?.lowerBound ?? rest.endIndex)...]
        } else {
            tag.text = Self.unescaped(rest.prefix { $0 != "<" })
        }
        return tag
    }

    private mutating func readAttributes(into tag: inout HTMLTag) {
        while true {
            rest = rest.drop { $0.isWhitespace || $0 == "/" }
            guard let first = rest.first else { return }
            if first == ">" {
                rest = rest.dropFirst()
                return
            }
            let name = rest.prefix { !$0.isWhitespace && $0 != "=" && $0 != ">" && $0 != "/" }
            rest = name.isEmpty ? rest.dropFirst() : rest[name.endIndex...].drop { $0.isWhitespace }
            var value = ""
            if rest.first == "=" {
                rest = rest.dropFirst().drop { $0.isWhitespace }
                value = attributeValue()
            }
            let key = name.lowercased()
            if tag.attributes[key] == nil { tag.attributes[key] = value }
        }
    }

    private mutating func attributeValue() -> String {
        if let quote = rest.first, quote == "\"" || quote == "'" {
            let value = rest.dropFirst().prefix { $0 != quote }
            rest = rest[value.endIndex...].dropFirst()
            return Self.unescaped(value)
        }
        let value = rest.prefix { !$0.isWhitespace && $0 != ">" }
        rest = rest[value.endIndex...]
        return Self.unescaped(value)
    }

    private static let names = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}"]

    /// The text with its character references resolved.
    static func unescaped(_ text: Substring) -> String {
        guard text.contains("&") else { return String(text) }
        return String(text).replacing(/&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-z]+);/) { match in
            let name = match.output.1
            guard name.hasPrefix("#") else { return names[String(name)] ?? String(match.output.0) }
            let isHex = name.dropFirst().first.map { "xX".contains($0) } ?? false
            let number = isHex ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst())
            return number.flatMap { UnicodeScalar($0) }.map { String(Character($0)) } ?? "\u{FFFD}"
        }
    }
}
