package import Exeunt
internal import Foundation
internal import GRDB

extension SQLiteStore {
    package func providers() async throws(AuthorityError) -> [Provider] {
        try await readPage { try $0.all("\(Self.providers) ORDER BY created_at, number", [], Self.readProvider) }
    }

    package func provider(_ issuer: String) async throws(AuthorityError) -> Provider? {
        try lookUp { try $0.first("\(Self.providers) WHERE issuer = ?", [issuer], Self.readProvider) }
    }

    package func add(_ provider: Provider, by: Provenance) async throws(AuthorityError) {
        try await commits.write { transaction in
            let db = transaction.db
            let taken = try db.first("SELECT 1 FROM providers WHERE issuer = ?", [provider.issuer]) { $0.number(0) }
            if taken != nil { throw AuthorityError.alreadyExists }
            try db.run(
                """
                INSERT INTO providers (issuer, audience, jwks_uri, requires_type, has_front_channel, push_token_hash,
                    poll_endpoint, poll_token, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    provider.issuer, provider.audience, provider.jwksURI, provider.requiresType,
                    provider.hasFrontChannel, provider.pushTokenHash?.blob, provider.pollEndpoint,
                    provider.sealedPollToken.map { Data($0) }, provider.createdAt.milliseconds,
                ])
            try transaction.record(
                AuditEvent(.providerAdded, at: provider.createdAt, by: by, reason: provider.issuer))
        }
    }

    package func removeProvider(
        _ issuer: String, at now: Timestamp, by: Provenance
    ) async throws(AuthorityError) -> Bool {
        try await commits.write { transaction in
            try transaction.db.run("DELETE FROM providers WHERE issuer = ?", [issuer])
            guard transaction.db.changesCount > 0 else { return false }
            try transaction.record(AuditEvent(.providerRemoved, at: now, by: by, reason: issuer))
            return true
        }
    }

    package func hasHeard(_ what: Heard) async throws(AuthorityError) -> Bool {
        try lookUp { try $0.first("SELECT 1 FROM heard WHERE hash = ?", [what.hash.blob]) { $0.number(0) } } != nil
    }

    package func note(_ what: Heard, until: Timestamp) async throws(AuthorityError) {
        try await commits.write { try $0.note(what, until: until) }
    }

    private static let providers = """
        SELECT issuer, audience, jwks_uri, requires_type, has_front_channel, push_token_hash, poll_endpoint, poll_token,
            created_at
        FROM providers
        """

    private static func readProvider(_ row: Columns) throws -> Provider {
        Provider(
            issuer: row.text(0), audience: row.text(1), jwksURI: row.optionalText(2), requiresType: row.number(3) == 1,
            hasFrontChannel: row.number(4) == 1, pushTokenHash: row.optionalBytes(5).map(SecretHash.init(stored:)),
            pollEndpoint: row.optionalText(6), sealedPollToken: row.optionalBytes(7), createdAt: row.moment(8))
    }
}

extension WriteTransaction {
    /// Remembers something that has been heard, for as long as anybody has asked.
    fileprivate func note(_ what: Heard, until: Timestamp) throws {
        try db.run(
            """
            INSERT INTO heard (hash, until) VALUES (?, ?)
            ON CONFLICT (hash) DO UPDATE SET until = max(until, excluded.until)
            """, [what.hash.blob, until.milliseconds])
    }

    /// Ends the live sessions and remembered logins that a provider vouched for, and remembers that its own session has ended.
    func endUpstream(issuer: String, session: String?, subject: String?, _ ending: Ending) throws -> Ended {
        if let session {
            try note(Heard(endOf: session, of: issuer), until: ending.at + Limits.upstreamEndMemory)
        }
        var (conditions, named): ([String], StatementArguments) = ([], [])
        for (column, text) in [("upstream_session", session), ("upstream_subject", subject)] {
            guard let text else { continue }
            conditions.append("\(column) = ?\(conditions.count + 4)")
            named += [text]
        }
        if conditions.isEmpty { return .nothing }
        let isVouchedFor = (["upstream_issuer = ?2"] + conditions).joined(separator: " AND ")
        let values = [ending.at.milliseconds, issuer, Limits.sweepBatch] + named
        var ended = Ended.nothing
        for row in try db.all(SessionRow.live(where: isVouchedFor) + " LIMIT ?3", values, SessionRow.init) {
            ended += try end(
                row, because: ending.reason, at: ending.at, until: ending.revokedUntil, by: ending.by,
                withRemembered: true)
        }
        for login in try db.all(RememberedRow.live(where: isVouchedFor) + " LIMIT ?3", values, RememberedRow.init) {
            ended += try end(login, ending)
        }
        return ended
    }

    /// Throws `upstreamEnded` when the session that an opening names is known to have ended there.
    func refuseEndedUpstream(_ opening: Opening) throws {
        guard let upstream = opening.upstream, let session = upstream.session else { return }
        let heard = Heard(endOf: session, of: upstream.issuer)
        let known = try db.first(
            "SELECT 1 FROM heard WHERE hash = ? AND until > ?", [heard.hash.blob, opening.at.milliseconds]
        ) { $0.number(0) }
        if known != nil { throw AuthorityError.upstreamEnded }
    }
}
