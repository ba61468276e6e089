package import Settlement

/// A store whose rows can be read as they are.
package protocol TransferSource: Sendable {
    /// The rows of a table with a key above `after`, in order, at most `limit` of them.
    func rows(of table: StoredTable, after: Int64, limit: Int) async throws(AuthorityError) -> [[StoredValue]]

    /// How many rows a table has.
    func count(of table: StoredTable) async throws(AuthorityError) -> Int

    /// The nodes that may still have granted leases.
    func nodes() async throws(AuthorityError) -> [AuthorityNode]
}

/// A store that can be filled with the rows of another.
///
/// While that is under way no server starts on it.
package protocol TransferTarget: TransferSource {
    /// Begins to be filled from a source of that name, or goes on; says how far each table is, by its key.
    ///
    /// Throws `invalidArgument` when the store is in use, or is being filled from another source.
    func beginTransfer(from source: String) async throws(AuthorityError) -> [String: Int64]

    /// Adds rows, and notes in the same transaction that the table is there through their last key.
    func add(_ rows: [[StoredValue]], to table: StoredTable) async throws(AuthorityError)

    /// Everything is there: servers may start on it.
    func finishTransfer() async throws(AuthorityError)

    func renew(_ node: AuthorityNode) async throws(AuthorityError) -> NodeRenewal
}
