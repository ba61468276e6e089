package import Exeunt

extension PostgresStore {
    package func signingKeys(at now: Timestamp) async throws(AuthorityError) -> [StoredSigningKey] {
        try await lookUps.read(
            Statement(
                """
                SELECT id, algorithm, sealed, created_at, retires_at FROM signing_keys
                WHERE retires_at IS NULL OR retires_at > $1 ORDER BY created_at, number
                """, [.number(now.milliseconds)])
        ) { try $0.map(Self.key) }
    }

    package func rotate(
        to key: StoredSigningKey, replacing: String?, previousRetireAt: Timestamp, by: Provenance
    ) async throws(AuthorityError) -> Bool {
        try await writes.write(company: .alone) { transaction in
            let signing = try transaction.read("SELECT id FROM signing_keys WHERE retires_at IS NULL", [])
                .first { $0.text(0) }
            guard signing == replacing else { return { _ in false } }
            transaction.write(
                "UPDATE signing_keys SET retires_at = $1 WHERE retires_at IS NULL",
                [.number(previousRetireAt.milliseconds)])
            transaction.write(
                "DELETE FROM signing_keys WHERE retires_at <= $1", [.number(key.createdAt.milliseconds)])
            transaction.write(
                "INSERT INTO signing_keys (id, algorithm, sealed, created_at) VALUES ($1, $2, $3, $4)",
                [
                    .text(key.id), .text(key.algorithm.rawValue), .bytes(key.sealed),
                    .number(key.createdAt.milliseconds),
                ])
            transaction.record(AuditEvent(.keyRotated, at: key.createdAt, by: by, reason: key.id))
            return { _ in true }
        }
    }

    private static func key(_ row: Columns) throws -> StoredSigningKey {
        guard let algorithm = SigningAlgorithm(rawValue: row.text(1)) else {
            throw AuthorityError.corrupted("the signing key \(row.text(0)) has the unknown algorithm \(row.text(1))")
        }
        return StoredSigningKey(
            id: row.text(0), algorithm: algorithm, sealed: row.bytes(2), createdAt: row.moment(3),
            retiresAt: row.optionalMoment(4))
    }
}
