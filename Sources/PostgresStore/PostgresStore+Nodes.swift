package import Exeunt
package import Settlement

extension PostgresStore {
    package func note(tokenReach: Duration, at now: Timestamp) async throws(AuthorityError) {
        let reach = tokenReach.milliseconds
        try await writes.write(company: .alone) { transaction in
            // Tokens that were issued until now may reach further than those from now on.
            transaction.write(
                """
                UPDATE authority SET token_horizon = greatest(token_horizon, $1 + token_reach), token_reach = $2
                WHERE token_reach <> $2
                """,
                [.number(now.milliseconds), .number(reach)])
            return { _ in }
        }
    }

    /// The head is read under a lock that each commit to the log must wait for, and waits for each commit; so the two are one.
    package func renew(_ node: AuthorityNode) async throws(AuthorityError) -> NodeRenewal {
        let write = Statement(
            """
            INSERT INTO nodes (id, renewal, lease, settled_through) VALUES ($1, $2, $3, $4)
            ON CONFLICT (id) DO UPDATE SET
                renewal = excluded.renewal, lease = excluded.lease, settled_through = excluded.settled_through
            WHERE nodes.renewal <= excluded.renewal
            """,
            [
                .bytes(node.id.bytes), .number(node.renewal), .number(node.leaseMilliseconds),
                .number(node.settledThrough),
            ])
        return try await control.read(
            Statement("SELECT \(Self.nodeColumns), (SELECT head FROM authority) FROM nodes"),
            after: [Statement("SELECT 1 FROM authority FOR SHARE"), write]
        ) { result in
            NodeRenewal(
                head: result.first { UInt64(clamping: $0.number(4)) } ?? 0,
                others: try result.map(Self.node).filter { $0.id != node.id })
        }
    }

    package func note(settledThrough seq: UInt64, of node: Identifier) async throws(AuthorityError) {
        _ = try await control.read(
            Statement(
                """
                UPDATE nodes SET settled_through = greatest(settled_through, $2)
                FROM (SELECT set_config('synchronous_commit', 'off', true)) AS quick WHERE id = $1
                """, [.bytes(node.bytes), .number(seq)])
        ) { $0.written }
    }

    package func nodes() async throws(AuthorityError) -> [AuthorityNode] {
        try await control.read(Statement("SELECT \(Self.nodeColumns) FROM nodes")) { try $0.map(Self.node) }
    }

    private static let nodeColumns = "id, renewal, lease, settled_through"

    private static func node(_ row: Columns) throws -> AuthorityNode {
        AuthorityNode(
            id: try row.identifier(0), renewal: UInt64(clamping: row.number(1)), leaseMilliseconds: row.number(2),
            settledThrough: UInt64(clamping: row.number(3)))
    }

    package func remove(_ node: AuthorityNode) async throws(AuthorityError) {
        _ = try await control.read(
            Statement(
                "DELETE FROM nodes WHERE id = $1 AND renewal = $2", [.bytes(node.id.bytes), .number(node.renewal)])
        ) { $0.written }
    }
}
