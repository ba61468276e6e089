package import Exeunt
internal import Settlement

extension PostgresStore {
    package func providers() async throws(AuthorityError) -> [Provider] {
        try await lookUps.read(Statement("\(Self.providers) ORDER BY created_at, number")) { $0.map(Self.provider) }
    }

    package func provider(_ issuer: String) async throws(AuthorityError) -> Provider? {
        try await lookUps.read(Statement("\(Self.providers) WHERE issuer = $1", [.text(issuer)])) {
            $0.first(Self.provider)
        }
    }

    package func add(_ provider: Provider, by: Provenance) async throws(AuthorityError) {
        try await writes.write { transaction in
            let added = try transaction.read(
                """
                INSERT INTO providers (issuer, audience, jwks_uri, requires_type, has_front_channel, push_token_hash,
                    poll_endpoint, poll_token, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING
                """,
                [
                    .text(provider.issuer), .text(provider.audience), .text(provider.jwksURI),
                    .number(provider.requiresType ? 1 : 0 as Int64), .number(provider.hasFrontChannel ? 1 : 0 as Int64),
                    .bytes(provider.pushTokenHash?.bytes), .text(provider.pollEndpoint),
                    .bytes(provider.sealedPollToken), .number(provider.createdAt.milliseconds),
                ])
            if added.written == 0 { throw AuthorityError.alreadyExists }
            transaction.record(AuditEvent(.providerAdded, at: provider.createdAt, by: by, reason: provider.issuer))
            return { _ in }
        }
    }

    package func removeProvider(
        _ issuer: String, at now: Timestamp, by: Provenance
    ) async throws(AuthorityError) -> Bool {
        try await writes.write { transaction in
            let isGone = try transaction.read("DELETE FROM providers WHERE issuer = $1", [.text(issuer)]).written > 0
            if isGone { transaction.record(AuditEvent(.providerRemoved, at: now, by: by, reason: issuer)) }
            return { _ in isGone }
        }
    }

    package func hasHeard(_ what: Heard) async throws(AuthorityError) -> Bool {
        try await lookUps.read(Statement("SELECT 1 FROM heard WHERE hash = $1", [.bytes(what.hash.bytes)])) {
            $0.count > 0
        }
    }

    package func note(_ what: Heard, until: Timestamp) async throws(AuthorityError) {
        try await writes.write { transaction in
            transaction.note(what, until: until)
            return { _ in }
        }
    }

    private static let providers = """
        SELECT issuer, audience, jwks_uri, requires_type, has_front_channel, push_token_hash, poll_endpoint, poll_token,
            created_at
        FROM providers
        """

    private static func provider(_ row: Columns) -> Provider {
        Provider(
            issuer: row.text(0), audience: row.text(1), jwksURI: row.optionalText(2), requiresType: row.number(3) == 1,
            hasFrontChannel: row.number(4) == 1, pushTokenHash: row.optionalBytes(5).map(SecretHash.init(stored:)),
            pollEndpoint: row.optionalText(6), sealedPollToken: row.optionalBytes(7), createdAt: row.moment(8))
    }
}
