package import Exeunt

extension PostgresStore {
    package func client(_ id: String) async throws(AuthorityError) -> Client? {
        try await lookUps.read(Statement("\(Self.clientColumns) WHERE id = $1", [.text(id)])) {
            try $0.first(Self.client)
        }
    }

    package func clients() async throws(AuthorityError) -> [Client] {
        try await lookUps.read(Statement("\(Self.clientColumns) ORDER BY created_at, number")) {
            try $0.map(Self.client)
        }
    }

    package func add(_ client: Client, by: Provenance) async throws(AuthorityError) {
        try await writes.write { transaction in
            let added = try transaction.read(
                """
                INSERT INTO clients (id, name, secret_hash, scopes, created_at) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT DO NOTHING
                """,
                [
                    .text(client.id), .text(client.name), .bytes(client.secretHash?.bytes),
                    .text(client.scopesText),
                    .number(client.createdAt.milliseconds),
                ])
            if added.written == 0 { throw AuthorityError.alreadyExists }
            transaction.record(
                AuditEvent(.clientAdded, at: client.createdAt, clientID: client.id, by: by, reason: client.name))
            return { _ in }
        }
    }

    package func removeClient(_ id: String, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool {
        try await writes.write { transaction in
            let isGone = try transaction.read("DELETE FROM clients WHERE id = $1", [.text(id)]).written > 0
            if isGone { transaction.record(AuditEvent(.clientRemoved, at: now, clientID: id, by: by)) }
            return { _ in isGone }
        }
    }

    private static let clientColumns = "SELECT id, name, secret_hash, scopes, created_at FROM clients"

    private static func client(_ row: Columns) throws -> Client {
        try Client(
            id: row.text(0), name: row.text(1), secretHash: row.optionalBytes(2).map(SecretHash.init(stored:)),
            scopesText: row.text(3), createdAt: row.moment(4))
    }
}
