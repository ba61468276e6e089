internal import Foundation

/// One JSON object (RFC 8259), read strictly: it is all there is, and no name stands in it twice.
///
/// Of two members of one name readers take this one or that one, and then two of them disagree about what was signed (RFC 7515
/// §4, RFC 8725 §2.4). Names with escapes are taken for a trick: no name of ours needs one. What the objects and arrays in it
/// have is passed over. It reads a token in a tenth of the time that a general decoder takes.
struct JSONObject: Sendable {
    private enum Value: Sendable {
        case string(Range<Int>, hasEscapes: Bool)
        case strings([(range: Range<Int>, hasEscapes: Bool)])
        case integer(Int64)
        case other
    }

    private let bytes: [UInt8]
    private let members: [(name: Range<Int>, value: Value)]

    /// The object, or nil when the bytes are not one.
    init?(_ bytes: [UInt8]) {
        var reader = Reader(bytes: bytes)
        guard let members = reader.members() else { return nil }
        self.bytes = bytes
        self.members = members
    }

    // MARK: Members

    func has(_ name: String) -> Bool { value(name) != nil }

    /// A member that is a string.
    func string(_ name: String) -> String? {
        guard case .string(let range, let hasEscapes) = value(name) else { return nil }
        return text(range, hasEscapes: hasEscapes)
    }

    /// A member that is a string, or an array of nothing but strings.
    func strings(_ name: String) -> [String]? {
        switch value(name) {
        case .string(let range, let hasEscapes): return text(range, hasEscapes: hasEscapes).map { [$0] }
        case .strings(let parts):
            let texts = parts.compactMap { text($0.range, hasEscapes: $0.hasEscapes) }
            return texts.count == parts.count ? texts : nil
        default: return nil
        }
    }

    /// A member that is a whole number, written without fraction and exponent.
    func integer(_ name: String) -> Int64? {
        guard case .integer(let number) = value(name) else { return nil }
        return number
    }

    private func value(_ name: String) -> Value? {
        members.first { bytes[$0.name].elementsEqual(name.utf8) }?.value
    }

    private func text(_ range: Range<Int>, hasEscapes: Bool) -> String? {
        guard hasEscapes else { return String(validating: bytes[range], as: UTF8.self) }
        // The slash is what some writers escape always; the rest is rare.
        var plain: [UInt8] = []
        plain.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            if bytes[index] == UInt8(ascii: "\\") {
                index += 1
                guard bytes[index] == UInt8(ascii: "/") else {
                    let quoted = bytes[range.lowerBound - 1...range.upperBound]
                    return try? JSONDecoder().decode(String.self, from: Data(quoted))
                }
            }
            plain.append(bytes[index])
            index += 1
        }
        return String(validating: plain, as: UTF8.self)
    }

    // MARK: Reading

    /// Where the reading is; each verb reads on, and gives nil or false for what JSON does not have there.
    private struct Reader {
        let bytes: [UInt8]
        private var index = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        private static let mostMembers = 64
        private static let mostDepth = 8

        mutating func members() -> [(name: Range<Int>, value: Value)]? {
            var members: [(name: Range<Int>, value: Value)] = []
            let isRead = list(from: "{", to: "}") { reader in
                guard members.count < Self.mostMembers, let (name, hasEscapes) = reader.string(), !hasEscapes,
                    !members.contains(where: { reader.bytes[$0.name] == reader.bytes[name] }), reader.take(":"),
                    let value = reader.value(depth: 1)
                else { return false }
                members.append((name, value))
                return true
            }
            skipSpace()
            return isRead && index == bytes.count ? members : nil
        }

        private mutating func value(depth: Int) -> Value? {
            skipSpace()
            guard depth <= Self.mostDepth, index < bytes.count else { return nil }
            switch bytes[index] {
            case UInt8(ascii: "\""): return string().map { .string($0.range, hasEscapes: $0.hasEscapes) }
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
            case UInt8(ascii: "["): return array(depth: depth)
            case UInt8(ascii: "{"):
                let isRead = list(from: "{", to: "}") { reader in
                    reader.string() != nil && reader.take(":") && reader.value(depth: depth + 1) != nil
                }
                return isRead ? .other : nil
            default: return word("true") || word("false") || word("null") ? .other : nil
            }
        }

        private mutating func array(depth: Int) -> Value? {
            var strings: [(range: Range<Int>, hasEscapes: Bool)]? = []
            let isRead = list(from: "[", to: "]") { reader in
                guard let value = reader.value(depth: depth + 1) else { return false }
                if case .string(let range, let hasEscapes) = value {
                    strings?.append((range, hasEscapes))
                } else {
                    strings = nil
                }
                return true
            }
            return isRead ? strings.map { .strings($0) } ?? .other : nil
        }

        /// A list of what `element` reads, between two brackets, with commas.
        private mutating func list(
            from open: Unicode.Scalar, to close: Unicode.Scalar, _ element: (inout Reader) -> Bool
        ) -> Bool {
            guard take(open) else { return false }
            if take(close) { return true }
            repeat {
                guard element(&self) else { return false }
            } while take(",")
            return take(close)
        }

        private mutating func string() -> (range: Range<Int>, hasEscapes: Bool)? {
            guard take("\"") else { return nil }
            let start = index
            var hasEscapes = false
            while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                guard bytes[index] >= 0x20 else { return nil }
                if bytes[index] == UInt8(ascii: "\\") {
                    hasEscapes = true
                    index += 1
                }
                index += 1
            }
            guard index < bytes.count else { return nil }
            index += 1
            return (start..<index - 1, hasEscapes)
        }

        /// A number (RFC 8259 §6); one with a fraction or an exponent, or beyond 64 bits, is of no use to us.
        private mutating func number() -> Value? {
            let start = index
            if bytes[index] == UInt8(ascii: "-") { index += 1 }
            let whole = digits()
            guard let first = whole.first.map({ bytes[$0] }), first != UInt8(ascii: "0") || whole.count == 1 else {
                return nil
            }
            let end = index
            if take(".", afterSpace: false), digits().isEmpty { return nil }
            if take("e", afterSpace: false) || take("E", afterSpace: false) {
                if !take("+", afterSpace: false) { _ = take("-", afterSpace: false) }
                if digits().isEmpty { return nil }
            }
            guard index == end else { return .other }
            return Int64(String(decoding: bytes[start..<end], as: UTF8.self)).map { .integer($0) } ?? .other
        }

        private mutating func digits() -> Range<Int> {
            let start = index
            while index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) { index += 1 }
            return start..<index
        }

        private mutating func word(_ word: StaticString) -> Bool {
            let end = index + word.utf8CodeUnitCount
            let isThere = word.withUTF8Buffer { end <= bytes.count && bytes[index..<end].elementsEqual($0) }
            if isThere { index = end }
            return isThere
        }

        private mutating func take(_ character: Unicode.Scalar, afterSpace: Bool = true) -> Bool {
            if afterSpace { skipSpace() }
            guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
            index += 1
            return true
        }

        private static func isSpace(_ byte: UInt8) -> Bool {
            byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
        }

        private mutating func skipSpace() {
            while index < bytes.count, Self.isSpace(bytes[index]) { index += 1 }
        }
    }
}
