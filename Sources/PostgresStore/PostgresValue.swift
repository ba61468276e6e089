/// A parameter of a statement, sent in PostgreSQL's binary form.
///
/// Arrays may have elements that are null; their type is that of their elements, which the statement must agree with.
enum PostgresValue: Sendable {
    case null
    case number(Int64)
    case text(String)
    case bytes([UInt8])
    case numbers([Int64?])
    case texts([String?])
    case blobs([[UInt8]?])

    static func number(_ number: UInt64) -> PostgresValue { .number(Int64(clamping: number)) }
    static func text(_ text: String?) -> PostgresValue { text.map { .text($0) } ?? .null }
    static func bytes(_ bytes: [UInt8]?) -> PostgresValue { bytes.map { .bytes($0) } ?? .null }
    static func number(_ number: Int64?) -> PostgresValue { number.map { .number($0) } ?? .null }

    /// The bytes on the wire; nil for null.
    var wire: [UInt8]? {
        switch self {
        case .null: nil
        case .number(let number): Self.wire(of: number)
        case .text(let text): Self.wire(of: text)
        case .bytes(let bytes): bytes
        case .numbers(let numbers): Self.array(of: numbers.map { $0.map(Self.wire) }, type: 20)
        case .texts(let texts): Self.array(of: texts.map { $0.map(Self.wire) }, type: 25)
        case .blobs(let blobs): Self.array(of: blobs, type: 17)
        }
    }

    private static func wire(of number: Int64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian, Array.init) }

    /// PostgreSQL has no text with U+0000, which a user agent or a label may have; it becomes U+FFFD.
    private static func wire(of text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return bytes.contains(0) ? Array(text.replacing("\0", with: "\u{FFFD}").utf8) : bytes
    }

    /// An array of one dimension (PostgreSQL's `array_recv`): dimensions, has nulls, element type, length, first index,
    /// then each element with its length before it.
    private static func array(of elements: [[UInt8]?], type: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        func append(_ number: Int32) { withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) } }
        append(elements.isEmpty ? 0 : 1)
        append(elements.contains { $0 == nil } ? 1 : 0)
        append(Int32(bitPattern: type))
        if elements.isEmpty { return bytes }
        append(Int32(elements.count))
        append(1)
        for element in elements {
            append(element.map { Int32($0.count) } ?? -1)
            bytes.append(contentsOf: element ?? [])
        }
        return bytes
    }
}

/// A statement with its parameters.
struct Statement: Sendable {
    var sql: String
    var values: [PostgresValue]

    init(_ sql: String, _ values: [PostgresValue] = []) {
        self.sql = sql
        self.values = values
    }
}
