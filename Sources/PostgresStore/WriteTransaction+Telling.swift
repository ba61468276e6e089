internal import Exeunt
internal import Settlement

extension WriteTransaction {
    /// Gives a session that is over its place in the outbox when the transaction ends, if anybody wants to hear of it.
    func tell(_ ended: EndedSession) {
        if isHeard || ended.statusIndex != nil { places.append(ended) }
    }

    /// One of the places in the status lists that the transaction was begun with.
    func nextStatusIndex() throws -> UInt64 {
        guard let index = statusIndices.popLast() else {
            throw AuthorityError.corrupted("a place in the status lists is missing")
        }
        return index
    }

    // MARK: Other providers

    /// Locks what is heard of the ends of providers' sessions, and reads it; with endings, what they end.
    ///
    /// Of an opening and the ending of its provider's session one is through before the other looks. Everybody locks in one order, and
    /// before the subjects.
    func readUpstream(_ wants: inout Wants, _ reading: inout Reading) throws {
        guard !wants.heard.isEmpty || !wants.upstream.isEmpty else { return }
        let hashes = wants.heard.map(\.bytes)
        if !hashes.isEmpty {
            // "Exnu", and a number below 2^31 that says which.
            let locks = Set(hashes.map { $0.prefix(4).reduce(0) { $0 << 8 | Int64($1) } >> 1 }).sorted()
            reading.add(
                Statement(
                    "SELECT pg_advisory_xact_lock(1165520501, lock::integer) FROM unnest($1::bigint[]) AS lock",
                    [.numbers(locks)]))
            reading.add(Statement("SELECT hash, until FROM heard WHERE hash = ANY ($1)", [.blobs(hashes)])) { [self] in
                for one in $0.map({ (SecretHash(stored: $0.bytes(0)), $0.moment(1)) }) { heard[one.0] = one.1 }
            }
        }
        if wants.upstream.isEmpty { return }
        var (sessions, logins): (Set<Identifier>, Set<SecretHash>) = ([], [])
        for match in wants.upstream {
            reading.add(match.sessions) { sessions.formUnion(try $0.map { try $0.identifier(0) }) }
            reading.add(match.logins) { logins.formUnion($0.map { SecretHash(stored: $0.bytes(0)) }) }
        }
        try reading.run(on: connection)
        reading = Reading()
        wants += Wants(sessions: sessions, logins: logins, needsLoginsOfSessions: true)
    }

    /// Throws `upstreamEnded` when the session that an opening names is known to have ended there.
    func refuseEndedUpstream(_ opening: Opening) throws {
        guard let end = opening.upstreamEnd, let until = heard[end.hash], until > opening.at else { return }
        throw AuthorityError.upstreamEnded
    }

    /// Ends the live sessions and remembered logins that a provider vouched for, and remembers that its own session has ended.
    func endUpstream(_ match: UpstreamMatch, _ ending: Ending) -> Ended {
        if let end = match.end {
            let until = ending.at + Limits.upstreamEndMemory
            heard[end.hash] = max(until, heard[end.hash] ?? until)
            note(end, until: until)
        }
        var ended = Ended.nothing
        for row in live(match, at: ending.at).prefix(Limits.sweepBatch) {
            ended += end(
                row, because: ending.reason, at: ending.at, until: ending.revokedUntil, by: ending.by,
                withRemembered: true)
        }
        for login in logins(match, at: ending.at).prefix(Limits.sweepBatch) { ended += end(login, ending) }
        return ended
    }

    /// Remembers something that has been heard, for as long as anybody has asked.
    func note(_ what: Heard, until: Timestamp) {
        write(
            """
            INSERT INTO heard (hash, until) VALUES ($1, $2)
            ON CONFLICT (hash) DO UPDATE SET until = greatest(heard.until, excluded.until)
            """, [.bytes(what.hash.bytes), .number(until.milliseconds)])
    }
}

/// The sessions and remembered logins that a provider's word is about.
struct UpstreamMatch: Hashable, Sendable {
    let issuer: String
    let session: String?
    let subject: String?

    /// The end of the provider's own session, if that is what it has told.
    var end: Heard? { session.map { Heard(endOf: $0, of: issuer) } }

    func matches(_ upstream: Session.Upstream?) -> Bool {
        guard let upstream, session != nil || subject != nil else { return false }
        return upstream.issuer.isTheSame(as: issuer)
            && (session.map { upstream.session?.isTheSame(as: $0) ?? false } ?? true)
            && (subject.map { upstream.subject?.isTheSame(as: $0) ?? false } ?? true)
    }

    /// Finds some of the sessions; whether they are live is seen when their subjects are locked.
    fileprivate var sessions: Statement { statement("id", of: "sessions") }

    /// Finds some of the remembered logins, by their families.
    fileprivate var logins: Statement { statement("family", of: "remembered_logins") }

    private func statement(_ column: String, of table: String) -> Statement {
        var (conditions, values) = (["v.upstream_issuer = $1"], [PostgresValue.text(issuer)])
        for (column, text) in [("upstream_session", session), ("upstream_subject", subject)] {
            guard let text else { continue }
            values.append(.text(text))
            conditions.append("v.\(column) = $\(values.count)")
        }
        if values.count == 1 { conditions.append("false") }
        return Statement(
            """
            SELECT v.\(column) FROM \(table) v
            JOIN subjects u ON u.number = v.subject AND u.version = v.version
            JOIN authority a ON a.epoch = u.epoch
            WHERE \(conditions.joined(separator: " AND ")) LIMIT \(Limits.sweepBatch)
            """, values)
    }
}

extension Opening {
    /// The end of its provider's session, which must not have come before it.
    var upstreamEnd: Heard? {
        upstream.flatMap { upstream in upstream.session.map { Heard(endOf: $0, of: upstream.issuer) } }
    }
}

extension String {
    /// Whether both have the same bytes: Swift takes some texts for equal that are not.
    fileprivate func isTheSame(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
