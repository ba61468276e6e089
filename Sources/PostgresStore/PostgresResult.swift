internal import CLibpq
internal import Exeunt
internal import Settlement

/// The rows that a statement gave, in binary form.
final class PostgresResult {
    let handle: OpaquePointer
    let count: Int

    /// Takes over a result of libpq.
    init(_ handle: OpaquePointer) {
        self.handle = handle
        count = Int(PQntuples(handle))
    }

    deinit { PQclear(handle) }

    /// How many rows a statement that gives none has written.
    var written: Int { Int(String(cString: PQcmdTuples(handle))) ?? 0 }

    func map<Value>(_ read: (Columns) throws -> Value) rethrows -> [Value] {
        try (0..<count).map { try read(Columns(result: self, row: Int32($0))) }
    }

    func first<Value>(_ read: (Columns) throws -> Value) rethrows -> Value? {
        count == 0 ? nil : try read(Columns(result: self, row: 0))
    }
}

/// The columns of one row, of our own tables, whose types PostgreSQL guarantees.
struct Columns {
    let result: PostgresResult
    let row: Int32

    func isNull(_ column: Int) -> Bool { PQgetisnull(result.handle, row, Int32(column)) == 1 }

    func withBytes<Value>(_ column: Int, _ read: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
        let start = PQgetvalue(result.handle, row, Int32(column))
        return try read(
            UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result.handle, row, Int32(column)))))
    }

    func number(_ column: Int) -> Int64 {
        withBytes(column) { $0.reduce(0) { $0 << 8 | Int64($1) } }
    }

    func optionalNumber(_ column: Int) -> Int64? { isNull(column) ? nil : number(column) }

    func text(_ column: Int) -> String { withBytes(column) { String(decoding: $0, as: UTF8.self) } }

    func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

    func moment(_ column: Int) -> Timestamp { Timestamp(milliseconds: number(column)) }

    func optionalMoment(_ column: Int) -> Timestamp? { optionalNumber(column).map(Timestamp.init(milliseconds:)) }

    func bytes(_ column: Int) -> [UInt8] { withBytes(column, Array.init) }

    func optionalBytes(_ column: Int) -> [UInt8]? { isNull(column) ? nil : bytes(column) }

    func identifier(_ column: Int) throws -> Identifier {
        try withBytes(column) { bytes in
            guard bytes.count == 16 else { throw AuthorityError.corrupted("an identifier has \(bytes.count) bytes") }
            return Identifier(
                high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    func optionalIdentifier(_ column: Int) throws -> Identifier? { isNull(column) ? nil : try identifier(column) }

    func subject(_ column: Int) throws -> Subject {
        guard let subject = Subject(text(column)) else {
            throw AuthorityError.corrupted("a subject has no proper name")
        }
        return subject
    }
}
