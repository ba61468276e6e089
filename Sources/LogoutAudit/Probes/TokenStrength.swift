/// How much of a token can vary, estimated from examples.
struct TokenStrength: Hashable, Sendable {
    var bits: Double
    /// Whether each is a little more than the one before.
    var isCounting: Bool

    /// Nil for fewer than four, and for signed tokens, whose strength is that of their key.
    init?(_ values: [String]) {
        let values = values.map(Self.core)
        guard values.count >= 4, Set(values).count == values.count, !values.contains(where: { $0.isEmpty }) else {
            return nil
        }
        let columns = values.map(Array.init)
        let length = columns.map(\.count).min() ?? 0
        let varying = (0..<length).count { index in Set(columns.map { $0[index] }).count > 1 }
        bits = Double(varying) * Self.bitsPerCharacter(Set(values.joined()))
        isCounting = Self.counts(values)
    }

    /// The random part: without what comes before a colon, and without a signature.
    private static func core(_ value: String) -> String {
        let value = FormText.decoded(value)
        let unsigned = value.hasPrefix("s:") ? value.dropFirst(2) : value[...]
        let parts = unsigned.split(separator: ".")
        return parts.count >= 3 ? "" : String(parts.first ?? "")
    }

    private static func bitsPerCharacter(_ alphabet: Set<Character>) -> Double {
        if alphabet.allSatisfy({ $0.isNumber }) { return 3.32 }
        if alphabet.allSatisfy({ $0.isHexDigit || $0 == "-" }) { return 4 }
        if alphabet.allSatisfy({ $0.isNumber || $0.isLowercase }) { return 5 }
        return 6
    }

    private static func counts(_ values: [String]) -> Bool {
        let numbers = values.map { value -> UInt64? in
            let digits = value.reversed().prefix { $0.isHexDigit }.reversed()
            guard !digits.isEmpty, digits.count <= 16 else { return nil }
            return UInt64(String(digits), radix: 10) ?? UInt64(String(digits), radix: 16)
        }
        let pairs = zip(numbers, numbers.dropFirst())
        return pairs.allSatisfy { before, after in
            guard let before, let after, after > before else { return false }
            return after - before < 1 << 16
        }
    }
}
