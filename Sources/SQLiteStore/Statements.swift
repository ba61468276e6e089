internal import Exeunt
internal import Foundation
internal import GRDB
internal import GRDBSQLite
internal import Settlement

/// Every statement is prepared once a connection.
extension Database {
    func run(_ sql: String, _ arguments: StatementArguments = []) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }

    func first<Value>(
        _ sql: String, _ arguments: StatementArguments = [], _ read: (Columns) throws -> Value
    ) throws -> Value? {
        var value: Value?
        try step(sql, arguments) { columns in
            value = try read(columns)
            return false
        }
        return value
    }

    func all<Value>(
        _ sql: String, _ arguments: StatementArguments = [], _ read: (Columns) throws -> Value
    ) throws -> [Value] {
        var values: [Value] = []
        try step(sql, arguments) { columns in
            values.append(try read(columns))
            return true
        }
        return values
    }

    /// Steps through a statement itself: the driver's rows look up the names of all columns for each query, which costs more
    /// than the query.
    private func step(_ sql: String, _ arguments: StatementArguments, _ read: (Columns) throws -> Bool) throws {
        let statement = try cachedStatement(sql: sql)
        try statement.setArguments(arguments)
        let handle = statement.sqliteStatement
        defer { sqlite3_reset(handle) }
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW: if try !read(Columns(statement: handle)) { return }
            case SQLITE_DONE: return
            case let code: throw DatabaseError(resultCode: ResultCode(rawValue: code), message: lastErrorMessage)
            }
        }
    }

    /// The one number that a query of one row gives.
    func number(_ sql: String, _ arguments: StatementArguments = []) throws -> Int64 {
        guard let number = try first(sql, arguments, { $0.number(0) }) else {
            throw AuthorityError.corrupted("a row that is always there is missing")
        }
        return number
    }
}

/// The columns of the row that a statement stands at, of our strict tables, whose types SQLite guarantees.
///
/// It is good for as long as the statement stays there: read, and let go.
struct Columns {
    let statement: OpaquePointer

    func isNull(_ column: Int) -> Bool { sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL }

    func number(_ column: Int) -> Int64 { sqlite3_column_int64(statement, Int32(column)) }

    func optionalNumber(_ column: Int) -> Int64? { isNull(column) ? nil : number(column) }

    func text(_ column: Int) -> String { optionalText(column) ?? "" }

    func optionalText(_ column: Int) -> String? {
        guard let start = sqlite3_column_text(statement, Int32(column)) else { return nil }
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func moment(_ column: Int) -> Timestamp { Timestamp(milliseconds: number(column)) }

    func optionalMoment(_ column: Int) -> Timestamp? { optionalNumber(column).map(Timestamp.init(milliseconds:)) }

    func bytes(_ column: Int) -> [UInt8] { optionalBytes(column) ?? [] }

    func optionalBytes(_ column: Int) -> [UInt8]? {
        isNull(column) ? nil : withBytes(column) { Array($0) }
    }

    private func withBytes<Result>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result
    {
        let start = sqlite3_column_blob(statement, Int32(column))
        return try body(
            UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, Int32(column)))))
    }

    func identifier(_ column: Int) throws -> Identifier {
        guard let identifier = try optionalIdentifier(column) else {
            throw AuthorityError.corrupted("an identifier is missing")
        }
        return identifier
    }

    func optionalIdentifier(_ column: Int) throws -> Identifier? {
        if isNull(column) { return nil }
        return try withBytes(column) { bytes in
            guard bytes.count == 16 else { throw AuthorityError.corrupted("an identifier has \(bytes.count) bytes") }
            return Identifier(
                high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    func subject(_ column: Int) throws -> Subject {
        guard let subject = Subject(text(column)) else {
            throw AuthorityError.corrupted("a subject has no proper name")
        }
        return subject
    }
}

extension Identifier {
    var blob: Data { Data(bytes) }
}

extension SecretHash {
    var blob: Data { Data(bytes) }
}
