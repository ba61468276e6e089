internal import Exeunt
internal import Foundation
internal import GRDB
internal import Settlement

/// Every statement is prepared once a connection.
extension Database {
    func run(_ sql: String, _ arguments: StatementArguments = []) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }

    func first<Value>(
        _ sql: String, _ arguments: StatementArguments = [], _ read: (Row) throws -> Value
    ) throws -> Value? {
        let rows = try Row.fetchCursor(cachedStatement(sql: sql), arguments: arguments)
        // The row is a view of the statement, which the cursor resets when it goes.
        return try withExtendedLifetime(rows) { try rows.next().map(read) }
    }

    func all<Value>(
        _ sql: String, _ arguments: StatementArguments = [], _ read: (Row) throws -> Value
    ) throws -> [Value] {
        var values: [Value] = []
        let rows = try Row.fetchCursor(cachedStatement(sql: sql), arguments: arguments)
        while let row = try rows.next() { try values.append(read(row)) }
        return values
    }

    /// The one number that a query of one row gives.
    func number(_ sql: String, _ arguments: StatementArguments = []) throws -> Int64 {
        guard let number = try first(sql, arguments, { $0.number(0) }) else {
            throw AuthorityError.corrupted("a row that is always there is missing")
        }
        return number
    }
}

/// Reads the columns of our strict tables, whose types SQLite guarantees.
extension Row {
    func number(_ column: Int) -> Int64 { self[column] }

    func text(_ column: Int) -> String { self[column] }

    func optionalText(_ column: Int) -> String? { self[column] }

    func moment(_ column: Int) -> Timestamp { Timestamp(milliseconds: self[column]) }

    func optionalMoment(_ column: Int) -> Timestamp? {
        (self[column] as Int64?).map(Timestamp.init(milliseconds:))
    }

    func bytes(_ column: Int) -> [UInt8] { Array(self[column] as Data) }

    func optionalBytes(_ column: Int) -> [UInt8]? { (self[column] as Data?).map(Array.init) }

    func identifier(_ column: Int) throws -> Identifier {
        guard let identifier = try optionalIdentifier(column) else {
            throw AuthorityError.corrupted("an identifier is missing")
        }
        return identifier
    }

    func optionalIdentifier(_ column: Int) throws -> Identifier? {
        try withUnsafeData(atIndex: column) { data in
            guard let data else { return nil }
            guard data.count == 16 else { throw AuthorityError.corrupted("an identifier has \(data.count) bytes") }
            return data.withUnsafeBytes { bytes in
                Identifier(
                    high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                    low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
            }
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
