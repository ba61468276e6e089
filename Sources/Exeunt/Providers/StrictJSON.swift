/// A JSON value (RFC 8259) that somebody else wrote, read strictly: no object in it, at any depth, has a name twice.
///
/// Of two members of one name readers take this one or that one, and then two of them disagree about what was signed (RFC 7515 §4,
/// RFC 8725 §2.4).
package enum StrictJSON: Hashable, Sendable {
    case object([String: StrictJSON])
    case array([StrictJSON])
    case string(String)
    /// A whole number that is written without fraction and exponent, and fits into 64 bits.
    case integer(Int64)
    /// Any other number.
    case number(Double)
    case bool(Bool)
    case null

    /// The value that some bytes are from their first to their last, or nil when they are none.
    package init?(_ bytes: [UInt8]) {
        var reader = StrictJSONReader(bytes: bytes)
        guard let value = reader.document() else { return nil }
        self = value
    }

    package var object: [String: StrictJSON]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// A string, or an array of strings and nothing else, as `aud` is (RFC 7519 §4.1.3).
    package var strings: [String]? {
        switch self {
        case .string(let text): return [text]
        case .array(let values):
            let texts = values.compactMap(\.string)
            return texts.count == values.count ? texts : nil
        default: return nil
        }
    }

    package var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// A NumericDate (RFC 7519 §2), which may have a fraction; nil for what is none of the years that anybody means.
    package var moment: Timestamp? {
        switch self {
        case .integer(let seconds) where (0...Self.latestSecond).contains(seconds): Timestamp(seconds: seconds)
        case .number(let seconds) where (0...Double(Self.latestSecond)).contains(seconds):
            Timestamp(milliseconds: Int64(seconds * 1000))
        default: nil
        }
    }

    /// Far beyond it a sum of milliseconds would overflow.
    private static let latestSecond: Int64 = 1 << 42
}

extension String {
    /// Whether both are the same, character by character as they are written: `==` takes some for equal that are not.
    package func isExactly(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
