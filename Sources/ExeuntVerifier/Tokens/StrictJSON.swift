internal import Foundation

/// Reads a JSON object in which no name stands twice: of two members of one name readers take this one or that one, and
/// then two of them disagree about what was signed (RFC 7515 §4, RFC 8725 §2.4).
enum StrictJSON {
    /// The value, or nil when the bytes are not one object of that form.
    static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) -> Value? {
        guard bytes.first == UInt8(ascii: "{"), hasNoNameTwice(bytes) else { return nil }
        return try? JSONDecoder().decode(type, from: Data(bytes))
    }

    /// Whether each name of the outermost object stands there once.
    ///
    /// It says nothing about bytes that are not JSON. Names with escapes are taken for a trick: no name of ours needs one.
    private static func hasNoNameTwice(_ bytes: [UInt8]) -> Bool {
        var names: Set<ArraySlice<UInt8>> = []
        var depth = 0
        var isNameNext = false
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case 0: return false
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                isNameNext = depth == 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ","): isNameNext = depth == 1
            case UInt8(ascii: "\""):
                let start = index + 1
                guard let end = endOfString(in: bytes, from: start) else { return false }
                if isNameNext {
                    let name = bytes[start..<end]
                    guard !name.contains(UInt8(ascii: "\\")), names.insert(name).inserted else { return false }
                    isNameNext = false
                }
                index = end
            default: break
            }
            index += 1
        }
        return true
    }

    private static func endOfString(in bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\\"): index += 2
            case UInt8(ascii: "\""): return index
            default: index += 1
            }
        }
        return nil
    }
}
