package import Exeunt
internal import Settlement

extension PostgresStore: TransferTarget {
    package func rows(
        of table: StoredTable, after: Int64, limit: Int
    ) async throws(AuthorityError) -> [[StoredValue]] {
        let names = table.columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
        let statement = Statement(
            "SELECT \(names) FROM \(table.name) WHERE \(table.key) > $1 ORDER BY \(table.key) LIMIT $2",
            [.number(after), .number(Int64(limit))])
        return try await slow.read(statement) { result in
            result.map { row in table.columns.indices.map { row.value($0, table.columns[$0].kind) } }
        }
    }

    package func count(of table: StoredTable) async throws(AuthorityError) -> Int {
        try await slow.read(Statement("SELECT count(*) FROM \(table.name)")) {
            Int($0.first { $0.number(0) } ?? 0)
        }
    }

    package func beginTransfer(from source: String) async throws(AuthorityError) -> [String: Int64] {
        try await writes.write(company: .alone) { transaction in
            _ = try transaction.read(
                "CREATE TABLE IF NOT EXISTS exeunt_transfer (source text, name text PRIMARY KEY, through bigint NOT NULL)",
                [])
            let notes = try transaction.read("SELECT source, name, through FROM exeunt_transfer", [])
                .map { (source: $0.text(0), name: $0.text(1), through: $0.number(2)) }
            if let other = notes.first(where: { $0.source != source }) {
                throw AuthorityError.invalidArgument("it is being filled from \(other.source)")
            }
            if notes.isEmpty {
                let used = try transaction.read(
                    """
                    SELECT 1 FROM authority WHERE head > 0 UNION ALL SELECT 1 FROM subjects
                    UNION ALL SELECT 1 FROM clients UNION ALL SELECT 1 FROM signing_keys UNION ALL SELECT 1 FROM audit_events
                    UNION ALL SELECT 1 FROM accounts UNION ALL SELECT 1 FROM providers LIMIT 1
                    """, [])
                if used.count > 0 { throw AuthorityError.invalidArgument("it has been used already") }
                transaction.write(
                    "INSERT INTO exeunt_transfer VALUES ($1, '', 0) ON CONFLICT DO NOTHING", [.text(source)])
            }
            let reached = Dictionary(notes.map { ($0.name, $0.through) }) { max($0, $1) }
            return { _ in reached }
        }
    }

    package func add(_ rows: [[StoredValue]], to table: StoredTable) async throws(AuthorityError) {
        try await writes.write(company: .own) { transaction in
            let columns = table.columns.enumerated().map { index, column in
                (column, values: rows.map { $0[index] })
            }
            let names = table.columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
            let arrays = columns.enumerated().map { "$\($0.offset + 1)::\($0.element.0.kind.arrayType)" }
            // The row of the authority is there from the start.
            if table.name == "authority" { transaction.write("DELETE FROM authority", []) }
            transaction.write(
                """
                INSERT INTO \(table.name) (\(names)) OVERRIDING SYSTEM VALUE
                SELECT * FROM unnest(\(arrays.joined(separator: ", ")))
                """, columns.map { $0.0.kind.array(of: $0.values) })
            let key = table.columns.firstIndex { $0.name == table.key } ?? 0
            guard case .number(let through)? = rows.last?[key] else { return { _ in } }
            transaction.write(
                """
                INSERT INTO exeunt_transfer SELECT source, $1, $2 FROM exeunt_transfer WHERE name = ''
                ON CONFLICT (name) DO UPDATE SET through = excluded.through
                """, [.text(table.name), .number(through)])
            return { _ in }
        }
    }

    package func finishTransfer() async throws(AuthorityError) {
        try await writes.write(company: .alone) { transaction in
            for table in StoredTable.all where table.key == "number" {
                transaction.write(
                    """
                    SELECT setval(pg_get_serial_sequence('\(table.name)', 'number'), max(number)) FROM \(table.name)
                    HAVING max(number) IS NOT NULL
                    """, [])
            }
            transaction.write("SELECT setval('next_status_index', status_indices, false) FROM authority", [])
            transaction.write("DROP TABLE exeunt_transfer", [])
            return { _ in }
        }
    }

    /// Whether it is being filled from another store, so that no server may start on it.
    static func isBeingFilled(_ connection: PostgresConnection) throws -> Bool {
        try connection.exchange([Statement("SELECT to_regclass('exeunt_transfer') IS NOT NULL")])[0]
            .first { $0.number(0) == 1 } ?? false
    }
}

extension Columns {
    fileprivate func value(_ column: Int, _ kind: StoredTable.Kind) -> StoredValue {
        if isNull(column) { return .null }
        switch kind {
        case .number: return .number(number(column))
        case .text: return .text(text(column))
        case .bytes: return .bytes(bytes(column))
        }
    }
}

extension StoredTable.Kind {
    fileprivate var arrayType: String {
        switch self {
        case .number: "bigint[]"
        case .text: "text[]"
        case .bytes: "bytea[]"
        }
    }

    fileprivate func array(of values: [StoredValue]) -> PostgresValue {
        switch self {
        case .number: .numbers(values.map { if case .number(let number) = $0 { number } else { nil } })
        case .text: .texts(values.map { if case .text(let text) = $0 { text } else { nil } })
        case .bytes: .blobs(values.map { if case .bytes(let bytes) = $0 { bytes } else { nil } })
        }
    }
}
