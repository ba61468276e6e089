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
                INSERT INTO clients (id, name, secret_hash, scopes, created_at, redirect_uris) VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT DO NOTHING
                """,
                [
                    .text(client.id), .text(client.name), .bytes(client.secretHash?.bytes),
                    .text(client.scopesText), .number(client.createdAt.milliseconds),
                    .text(client.postLogoutRedirectURIsText),
                ])
            if added.written == 0 { throw AuthorityError.alreadyExists }
            transaction.record(
                AuditEvent(.clientAdded, at: client.createdAt, clientID: client.id, by: by, reason: client.name))
            return { _ in }
        }
    }

    package func update(_ client: Client, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool {
        try await writes.write { transaction in
            let isThere =
                try transaction.read(
                    "UPDATE clients SET name = $2, scopes = $3, redirect_uris = $4 WHERE id = $1",
                    [
                        .text(client.id), .text(client.name), .text(client.scopesText),
                        .text(client.postLogoutRedirectURIsText),
                    ]
                ).written > 0
            if isThere {
                transaction.record(
                    AuditEvent(.clientChanged, at: now, clientID: client.id, by: by, reason: client.name))
            }
            return { _ in isThere }
        }
    }

    package func removeClient(_ id: String, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool {
        try await writes.write { transaction in
            let isGone = try transaction.read("DELETE FROM clients WHERE id = $1", [.text(id)]).written > 0
            if isGone {
                try transaction.removeReceivers(where: "client = $1", .text(id), at: now, by: by)
                transaction.record(AuditEvent(.clientRemoved, at: now, clientID: id, by: by))
            }
            return { _ in isGone }
        }
    }

    private static let clientColumns = "SELECT id, name, secret_hash, scopes, created_at, redirect_uris FROM clients"

    private static func client(_ row: Columns) throws -> Client {
        try Client(
            id: row.text(0), name: row.text(1), secretHash: row.optionalBytes(2).map(SecretHash.init(stored:)),
            scopesText: row.text(3), createdAt: row.moment(4), postLogoutRedirectURIsText: row.text(5))
    }
}
