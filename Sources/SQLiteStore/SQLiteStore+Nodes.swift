package import Exeunt
internal import GRDB
package import Settlement

extension SQLiteStore {
    package func renew(_ node: AuthorityNode) async throws(AuthorityError) -> NodeRenewal {
        try await commits.write { transaction in
            let db = transaction.db
            try db.run(
                """
                INSERT INTO nodes (id, renewal, lease, settled_through) VALUES (?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET
                    renewal = excluded.renewal, lease = excluded.lease, settled_through = excluded.settled_through
                WHERE renewal <= excluded.renewal
                """,
                [
                    node.id.blob, Int64(clamping: node.renewal), node.leaseMilliseconds,
                    Int64(clamping: node.settledThrough),
                ])
            return NodeRenewal(
                head: try Self.head(db), others: try Self.nodes(db).filter { $0.id != node.id })
        }
    }

    package func note(settledThrough seq: UInt64, of node: Identifier) async throws(AuthorityError) {
        try await commits.write { transaction in
            try transaction.db.run(
                "UPDATE nodes SET settled_through = max(settled_through, ?) WHERE id = ?",
                [Int64(clamping: seq), node.blob])
        }
    }

    package func nodes() async throws(AuthorityError) -> [AuthorityNode] { try lookUp(Self.nodes) }

    package func remove(_ node: AuthorityNode) async throws(AuthorityError) {
        try await commits.write { transaction in
            try transaction.db.run(
                "DELETE FROM nodes WHERE id = ? AND renewal = ?", [node.id.blob, Int64(clamping: node.renewal)])
        }
    }

    private static func nodes(_ db: Database) throws -> [AuthorityNode] {
        try db.all("SELECT id, renewal, lease, settled_through FROM nodes") { row in
            AuthorityNode(
                id: try row.identifier(0), renewal: UInt64(clamping: row.number(1)), leaseMilliseconds: row.number(2),
                settledThrough: UInt64(clamping: row.number(3)))
        }
    }
}
