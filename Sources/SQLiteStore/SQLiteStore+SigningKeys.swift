package import Exeunt
internal import Foundation
internal import GRDB

extension SQLiteStore {
    package func signingKeys(at now: Timestamp) async throws(AuthorityError) -> [StoredSigningKey] {
        try await readPage { db in
            try db.all(
                """
                SELECT id, algorithm, sealed, created_at, retires_at FROM signing_keys
                WHERE retires_at IS NULL OR retires_at > ? ORDER BY created_at, number
                """, [now.milliseconds], Self.readKey)
        }
    }

    package func rotate(
        to key: StoredSigningKey, replacing: String?, previousRetireAt: Timestamp, by: Provenance
    ) async throws(AuthorityError) -> Bool {
        try await commits.write { transaction in
            let db = transaction.db
            let signing = try db.first("SELECT id FROM signing_keys WHERE retires_at IS NULL") { $0.text(0) }
            guard signing == replacing else { return false }
            try db.run(
                "UPDATE signing_keys SET retires_at = ? WHERE retires_at IS NULL", [previousRetireAt.milliseconds])
            try db.run("DELETE FROM signing_keys WHERE retires_at <= ?", [key.createdAt.milliseconds])
            try db.run(
                "INSERT INTO signing_keys (id, algorithm, sealed, created_at) VALUES (?, ?, ?, ?)",
                [key.id, key.algorithm.rawValue, Data(key.sealed), key.createdAt.milliseconds])
            try transaction.record(AuditEvent(.keyRotated, at: key.createdAt, by: by, reason: key.id))
            return true
        }
    }

    private static func readKey(_ row: Columns) throws -> StoredSigningKey {
        guard let algorithm = SigningAlgorithm(rawValue: row.text(1)) else {
            throw AuthorityError.corrupted("the signing key \(row.text(0)) has the unknown algorithm \(row.text(1))")
        }
        return StoredSigningKey(
            id: row.text(0), algorithm: algorithm, sealed: row.bytes(2), createdAt: row.moment(3),
            retiresAt: row.optionalMoment(4))
    }
}
