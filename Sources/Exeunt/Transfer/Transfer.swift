internal import Crypto
internal import Settlement

/// Moves everything from one store to another, with nothing lost and nothing brought back.
///
/// Nobody may use the source meanwhile. It is copied in pieces, each of which is kept with the note of how far it goes, so it can
/// be broken off at any time and goes on where it was. At the end both sides are read through and compared, row by row in order,
/// and only then may a server start on the target.
package struct Transfer: Sendable {
    /// How far a table is.
    package struct Progress: Hashable, Sendable {
        package enum Step: String, Hashable, Sendable {
            case copied, compared
        }

        package var step: Step
        package var table: String
        package var rows: Int
        package var total: Int
    }

    /// What was found to be the same on both sides.
    package struct Compared: Hashable, Sendable {
        package var table: String
        package var rows: Int
        /// SHA-256 of all rows in order, in hexadecimal.
        package var digest: String
    }

    private let source: any TransferSource
    private let target: any TransferTarget
    private let name: String

    /// A move from `source`, known by a name that is the same when it is tried again.
    package init(from source: any TransferSource, named name: String, to target: any TransferTarget) {
        self.source = source
        self.target = target
        self.name = name
    }

    /// Does it, and says what was compared.
    ///
    /// Throws `corrupted` when a table is not the same on both sides in the end; the target stays closed then.
    package func run(_ tell: @Sendable (Progress) throws -> Void) async throws -> [Compared] {
        let reached = try await target.beginTransfer(from: name)
        for table in StoredTable.all { try await copy(table, after: reached[table.name] ?? .min, tell) }
        // Verifiers may hold leases of the servers that have used the source.
        for node in try await source.nodes() { _ = try await target.renew(node) }
        var compared: [Compared] = []
        for table in StoredTable.all {
            let (ours, theirs) = (try await digest(of: table, in: source), try await digest(of: table, in: target))
            guard ours == theirs else {
                throw AuthorityError.corrupted(
                    "\(table.name) has \(ours.rows) rows in the source and \(theirs.rows) in the target, and they differ"
                )
            }
            try tell(Progress(step: .compared, table: table.name, rows: ours.rows, total: ours.rows))
            compared.append(ours)
        }
        try await target.finishTransfer()
        return compared
    }

    private func copy(
        _ table: StoredTable, after reached: Int64, _ tell: @Sendable (Progress) throws -> Void
    ) async throws {
        let total = try await source.count(of: table)
        var copied = try await target.count(of: table)
        var after = reached
        while true {
            let rows = try await source.rows(of: table, after: after, limit: Limits.rowsPerTransfer)
            guard let last = rows.last, case .number(let key) = last[table.keyIndex] else { break }
            try await target.add(rows, to: table)
            after = key
            copied = min(total, copied + rows.count)
            try tell(Progress(step: .copied, table: table.name, rows: copied, total: total))
        }
    }

    private func digest(of table: StoredTable, in source: any TransferSource) async throws -> Compared {
        var digest = SHA256()
        var (rows, after) = (0, Int64.min)
        while true {
            let page = try await source.rows(of: table, after: after, limit: Limits.rowsPerTransfer)
            guard let last = page.last, case .number(let key) = last[table.keyIndex] else { break }
            for value in page.joined() { digest.update(data: value.encoded) }
            rows += page.count
            after = key
        }
        let hex = digest.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }
        return Compared(table: table.name, rows: rows, digest: hex.joined())
    }
}
