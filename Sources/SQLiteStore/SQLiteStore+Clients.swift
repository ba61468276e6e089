package import Exeunt
internal import GRDB

extension SQLiteStore {
    package func client(_ id: String) async throws(AuthorityError) -> Client? {
        try lookUp { try $0.first("\(Self.clientColumns) WHERE id = ?", [id], Self.readClient) }
    }

    package func clients() async throws(AuthorityError) -> [Client] {
        try await readPage { try $0.all("\(Self.clientColumns) ORDER BY created_at, number", [], Self.readClient) }
    }

    package func add(_ client: Client, by: Provenance) async throws(AuthorityError) {
        try await commits.write { transaction in
            let taken = try transaction.db.first("SELECT 1 FROM clients WHERE id = ?", [client.id], { $0.number(0) })
            if taken != nil { throw AuthorityError.alreadyExists }
            try transaction.db.run(
                """
                INSERT INTO clients (id, name, secret_hash, scopes, created_at, redirect_uris) VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    client.id, client.name, client.secretHash?.blob, client.scopesText, client.createdAt.milliseconds,
                    client.postLogoutRedirectURIsText,
                ])
            try transaction.record(
                AuditEvent(.clientAdded, at: client.createdAt, clientID: client.id, by: by, reason: client.name))
        }
    }

    package func update(_ client: Client, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool {
        try await commits.write { transaction in
            try transaction.db.run(
                "UPDATE clients SET name = ?, scopes = ?, redirect_uris = ? WHERE id = ?",
                [client.name, client.scopesText, client.postLogoutRedirectURIsText, client.id])
            guard transaction.db.changesCount > 0 else { return false }
            try transaction.record(
                AuditEvent(.clientChanged, at: now, clientID: client.id, by: by, reason: client.name))
            return true
        }
    }

    package func removeClient(_ id: String, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool {
        try await commits.write { transaction in
            try transaction.db.run("DELETE FROM clients WHERE id = ?", [id])
            guard transaction.db.changesCount > 0 else { return false }
            try transaction.removeReceivers(ofClient: id, at: now, by: by)
            try transaction.record(AuditEvent(.clientRemoved, at: now, clientID: id, by: by))
            return true
        }
    }

    private static let clientColumns = "SELECT id, name, secret_hash, scopes, created_at, redirect_uris FROM clients"

    private static func readClient(_ row: Columns) throws -> Client {
        try Client(
            id: row.text(0), name: row.text(1), secretHash: row.optionalBytes(2).map(SecretHash.init(stored:)),
            scopesText: row.text(3), createdAt: row.moment(4), postLogoutRedirectURIsText: row.text(5))
    }
}
