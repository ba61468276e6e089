internal import Exeunt
internal import Settlement

extension RevocationColumns {
    /// The record of a row with the columns ``names``.
    static func read(_ row: Columns) throws -> LoggedRevocation {
        let columns = try RevocationColumns(
            kind: row.number(1), key: try row.optionalIdentifier(2), subject: row.optionalText(3),
            version: row.optionalNumber(4), spared: try row.optionalIdentifier(5))
        return try columns.record(seq: row.number(0), reason: row.text(6), at: row.moment(7), until: row.moment(8))
    }
}
