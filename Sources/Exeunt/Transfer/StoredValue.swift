/// What a row has in one column.
package enum StoredValue: Hashable, Sendable {
    case null
    case number(Int64)
    case text(String)
    case bytes([UInt8])

    /// Bytes that differ wherever values do, and follow on one another without doubt: a kind, a length, and what it holds.
    var encoded: [UInt8] {
        switch self {
        case .null: return [0]
        case .number(let number): return [1] + withUnsafeBytes(of: number.bigEndian, Array.init)
        case .text(let text): return Self.encoded(2, Array(text.utf8))
        case .bytes(let bytes): return Self.encoded(3, bytes)
        }
    }

    private static func encoded(_ kind: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [kind] + withUnsafeBytes(of: UInt32(bytes.count).bigEndian, Array.init) + bytes
    }
}
