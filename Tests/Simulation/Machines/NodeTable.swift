internal import Settlement

/// What the nodes say of themselves in the store.
struct NodeTable {
    struct Row {
        var node: AuthorityNode
        /// When its lease ends, by its own wall clock: for ``Variant/judgesLeasesByWallClocks``.
        var wallEnd: Int64
    }

    private(set) var rows: [Row] = []

    /// Writes a row in the place of an older one; one that is no newer than what is there changes nothing.
    mutating func write(_ row: Row, _ flaw: Variant?) {
        guard let place = place(of: row.node.id) else { return rows.append(row) }
        let takesAll = flaw == .takesOldRenewals || flaw == .keepsNodeNameAcrossRestart
        if takesAll || rows[place].node.renewal < row.node.renewal { rows[place] = row }
    }

    mutating func note(settledThrough seq: UInt64, of id: Identifier) {
        guard let place = place(of: id) else { return }
        rows[place].node.settledThrough = max(rows[place].node.settledThrough, seq)
    }

    mutating func remove(_ node: AuthorityNode) {
        rows.removeAll { $0.node.id == node.id && $0.node.renewal == node.renewal }
    }

    mutating func remove(_ id: Identifier) { rows.removeAll { $0.node.id == id } }

    private func place(of id: Identifier) -> Int? { rows.firstIndex { $0.node.id == id } }
}
