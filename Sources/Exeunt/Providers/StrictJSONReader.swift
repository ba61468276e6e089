/// Where the reading of a ``StrictJSON`` is; each verb reads on, and gives nil for what JSON does not have there.
struct StrictJSONReader {
    private let bytes: [UInt8]
    private var index = 0

    /// Objects and arrays in one another; a security event has six.
    private static let mostDepth = 16

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// The one value that all of the bytes are.
    mutating func document() -> StrictJSON? {
        let value = value(depth: 0)
        skipSpace()
        return index == bytes.count ? value : nil
    }

    private mutating func value(depth: Int) -> StrictJSON? {
        skipSpace()
        guard depth < Self.mostDepth, index < bytes.count else { return nil }
        switch bytes[index] {
        case UInt8(ascii: "\""): return string().map(StrictJSON.string)
        case UInt8(ascii: "{"): return object(depth: depth)
        case UInt8(ascii: "["): return array(depth: depth)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
        default: return word("true", .bool(true)) ?? word("false", .bool(false)) ?? word("null", .null)
        }
    }

    private mutating func object(depth: Int) -> StrictJSON? {
        var members: [String: StrictJSON] = [:]
        let isRead = list(from: "{", to: "}") { reader in
            reader.skipSpace()
            guard let name = reader.string(), reader.take(":"), let value = reader.value(depth: depth + 1) else {
                return false
            }
            return members.updateValue(value, forKey: name) == nil
        }
        return isRead ? .object(members) : nil
    }

    private mutating func array(depth: Int) -> StrictJSON? {
        var values: [StrictJSON] = []
        let isRead = list(from: "[", to: "]") { reader in
            guard let value = reader.value(depth: depth + 1) else { return false }
            values.append(value)
            return true
        }
        return isRead ? .array(values) : nil
    }

    /// A list of what `element` reads, between two brackets, with commas.
    private mutating func list(
        from open: Unicode.Scalar, to close: Unicode.Scalar, _ element: (inout StrictJSONReader) -> Bool
    ) -> Bool {
        guard take(open) else { return false }
        if take(close) { return true }
        repeat {
            guard element(&self) else { return false }
        } while take(",")
        return take(close)
    }

    // MARK: Strings

    private mutating func string() -> String? {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return nil }
        index += 1
        var text: [UInt8] = []
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            guard bytes[index] >= 0x20 else { return nil }
            if bytes[index] == UInt8(ascii: "\\") {
                guard let scalar = escape() else { return nil }
                text.append(contentsOf: String(Character(scalar)).utf8)
            } else {
                text.append(bytes[index])
                index += 1
            }
        }
        guard index < bytes.count else { return nil }
        index += 1
        return String(validating: text, as: UTF8.self)
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard index + 1 < bytes.count else { return nil }
        let letter = bytes[index + 1]
        index += 2
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return unicodeEscape()
        default: return nil
        }
    }

    /// The scalar of four digits, or of two times four that are a pair; half a pair is nothing.
    private mutating func unicodeEscape() -> Unicode.Scalar? {
        guard let first = fourDigits() else { return nil }
        guard (0xD800...0xDBFF).contains(first) else { return Unicode.Scalar(first) }
        guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") else {
            return nil
        }
        index += 2
        guard let second = fourDigits(), (0xDC00...0xDFFF).contains(second) else { return nil }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private mutating func fourDigits() -> UInt32? {
        guard index + 4 <= bytes.count else { return nil }
        let digits = bytes[index..<index + 4]
        index += 4
        guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    // MARK: Numbers and words

    private mutating func number() -> StrictJSON? {
        let start = index
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        let whole = digits()
        guard let first = whole.first.map({ bytes[$0] }), first != UInt8(ascii: "0") || whole.count == 1 else {
            return nil
        }
        let end = index
        if takeNow("."), digits().isEmpty { return nil }
        if takeNow("e") || takeNow("E") {
            if !takeNow("+") { _ = takeNow("-") }
            if digits().isEmpty { return nil }
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if index == end, let whole = Int64(text) { return .integer(whole) }
        return Double(text).map(StrictJSON.number)
    }

    private mutating func digits() -> Range<Int> {
        let start = index
        while index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) { index += 1 }
        return start..<index
    }

    private mutating func word(_ word: String, _ value: StrictJSON) -> StrictJSON? {
        guard bytes[index...].starts(with: word.utf8) else { return nil }
        index += word.utf8.count
        return value
    }

    // MARK: Characters

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        return takeNow(character)
    }

    private mutating func takeNow(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }
}
