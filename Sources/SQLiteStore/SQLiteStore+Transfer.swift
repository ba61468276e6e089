package import Exeunt
internal import GRDB

extension SQLiteStore: TransferSource {
    package func rows(
        of table: StoredTable, after: Int64, limit: Int
    ) async throws(AuthorityError) -> [[StoredValue]] {
        let names = table.columns.map(\.name).joined(separator: ", ")
        return try await readAtLength { db in
            try db.all(
                "SELECT \(names) FROM \(table.name) WHERE \(table.key) > ? ORDER BY \(table.key) LIMIT ?",
                [after, limit]
            ) { row in table.columns.indices.map { row.value($0, table.columns[$0].kind) } }
        }
    }

    package func count(of table: StoredTable) async throws(AuthorityError) -> Int {
        try await readAtLength { Int(try $0.number("SELECT count(*) FROM \(table.name)")) }
    }
}

extension Columns {
    fileprivate func value(_ column: Int, _ kind: StoredTable.Kind) -> StoredValue {
        if isNull(column) { return .null }
        switch kind {
        case .number: return .number(number(column))
        // PostgreSQL has no text with this character.
        case .text: return .text(text(column).replacing("\0", with: "\u{FFFD}"))
        case .bytes: return .bytes(bytes(column))
        }
    }
}
