package import Exeunt
internal import Settlement

extension PostgresStore {
    package func end(_ ending: Ending) async throws(AuthorityError) -> Ended {
        let company: Writes.Company = ending.target == .everyone ? .alone : .shared
        return try await writes.write(Self.wants(ending), company: company) { transaction in
            // A token that was revoked before has its place already.
            if let seq = try transaction.place(ofRevoked: ending.target) { return { _ in Ended(seq: seq) } }
            let ended = try transaction.end(ending)
            return { ended.placed(after: $0) }
        }
    }

    private static func wants(_ ending: Ending) -> Wants {
        switch ending.target {
        case .session(let id, _): return Wants(sessions: [id], needsLoginsOfSessions: true)
        case .subject(let subject, let except):
            var wants = Wants.subject(subject)
            if let except { wants += Wants(sessions: [except], needsLoginsOfSessions: true) }
            return wants
        case .rememberedLogin(let family): return Wants(logins: [family])
        case .token(_, let session): return Wants(sessions: [session])
        case .upstream(let issuer, let session, let subject):
            let match = UpstreamMatch(issuer: issuer, session: session, subject: subject)
            return Wants(
                needsLoginsOfSessions: true, heard: match.end.map { [$0.hash] } ?? [], upstream: [match])
        case .everyone: return Wants()
        }
    }
}

extension WriteTransaction {
    fileprivate func end(_ ending: Ending) throws -> Ended {
        if let change = ending.accountChange { try check(change) }
        let ended: Ended
        switch ending.target {
        case .session(let id, let owner):
            guard let row = live(id, at: ending.at), owner == nil || owner == row.session.subject else {
                return .nothing
            }
            ended = end(
                row, because: ending.reason, at: ending.at, until: ending.revokedUntil, by: ending.by,
                withRemembered: true)
        case .subject(let subject, _): ended = try endAll(of: subject, ending)
        case .rememberedLogin(let family):
            guard let login = login(family: family, at: ending.at) else { return .nothing }
            ended = end(login, ending)
        case .token(let token, let session): ended = revoke(token, of: session, ending)
        case .upstream(let issuer, let session, let subject):
            ended = endUpstream(UpstreamMatch(issuer: issuer, session: session, subject: subject), ending)
        case .everyone: ended = try endEveryone(ending)
        }
        if let change = ending.accountChange { try apply(change, at: ending.at, by: ending.by) }
        return ended
    }

    // MARK: One

    /// Ends a session that is live, and with `withRemembered` the login that opened it or came with it.
    @discardableResult
    func end(
        _ row: SessionRow, as kind: AuditEvent.Kind = .sessionEnded, because reason: EndingReason, at: Timestamp,
        until: Timestamp, by: Provenance, withRemembered: Bool
    ) -> Ended {
        remove(row)
        var remembered = 0
        if withRemembered, let login = row.session.rememberedLogin.flatMap({ login($0, at: at) }) {
            remove(login)
            remembered = 1
        }
        count(sessions: -1, remembered: -remembered, of: row.subject)
        tell(EndedSession(row.session, because: reason, at: at))
        let seq = append(.session(row.session.id), because: reason, at: at, until: until)
        record(
            AuditEvent(
                kind, at: at, subject: row.session.subject.name, session: row.session.id,
                clientID: row.session.clientID, by: by, reason: reason.rawValue))
        return Ended(sessions: 1, rememberedLogins: remembered, seq: seq)
    }

    /// Removes a session's row, and says nothing of it.
    func remove(_ row: SessionRow) {
        forget(row)
        write("DELETE FROM sessions WHERE id = $1", [.bytes(row.session.id.bytes)])
    }

    private func remove(_ login: RememberedRow) {
        forget(login)
        write("DELETE FROM remembered_logins WHERE id = $1", [.bytes(login.id.bytes)])
    }

    /// Ends a remembered login with the sessions that it opened.
    func end(_ login: RememberedRow, _ ending: Ending) -> Ended {
        remove(login)
        count(sessions: 0, remembered: -1, of: login.subject)
        record(
            AuditEvent(
                .rememberEnded, at: ending.at, subject: login.subject.name.name, clientID: login.clientID,
                by: ending.by, reason: ending.reason.rawValue))
        var ended = Ended(rememberedLogins: 1)
        for row in live(rememberedLogin: login.id, at: ending.at) {
            let one = end(
                row, because: ending.reason, at: ending.at, until: ending.revokedUntil, by: ending.by,
                withRemembered: false)
            ended.sessions += one.sessions
            ended.seq = one.seq
        }
        return ended
    }

    /// Where an earlier transaction has written a token's record; nil for any other target.
    fileprivate func place(ofRevoked target: Ending.Target) throws -> UInt64? {
        guard case .token(let token, _) = target else { return nil }
        return try read("SELECT seq FROM revocations WHERE kind = 1 AND key = $1", [.bytes(token.bytes)])
            .first { UInt64(clamping: $0.number(0)) }
    }

    /// Writes the token's record, once.
    private func revoke(_ token: Identifier, of session: Identifier, _ ending: Ending) -> Ended {
        if let seq = place(of: .token(token)) { return Ended(seq: seq) }
        let owner = live(session, at: ending.at)?.session
        let seq = append(.token(token), because: ending.reason, at: ending.at, until: ending.revokedUntil)
        record(
            AuditEvent(
                .tokenRevoked, at: ending.at, subject: owner?.subject.name, session: session,
                clientID: owner?.clientID, by: ending.by, reason: ending.reason.rawValue))
        return Ended(seq: seq)
    }

    // MARK: Many

    /// Ends all that a subject has, but for the session that the ending keeps: a few rows for any number of them.
    func endAll(of name: Subject, _ ending: Ending) throws -> Ended {
        let subject = try subjectRow(name)
        let kept = keptSession(of: subject, ending)
        let present = try present(of: subject, at: ending.at)
        let keptLogin = kept?.session.rememberedLogin.flatMap { login($0, at: ending.at) }
        let (keptSessions, keptLogins) = (kept == nil ? 0 : 1, keptLogin == nil ? 0 : 1)
        let remembered = max(0, subject.liveRemembered - keptLogins)
        if let rows = present.toTell { tellAtOnce(rows, but: kept, ending) }
        let left = present.toTell == nil ? subject.liveSessions - keptSessions : 0
        if left + remembered > 0 {
            leaveToSweeper(subject, because: left > 0 ? ending.reason : nil, at: ending.at)
        }
        subject.version += 1
        subject.liveSessions = keptSessions
        subject.liveRemembered = keptLogins
        subject.isChanged = true
        if let kept { keep(kept, keptLogin, of: subject, renewed: ending.renewal) }

        let seq = append(
            .subject(name.name, version: UInt64(clamping: subject.version), except: kept?.session.id),
            because: ending.reason, at: ending.at, until: ending.revokedUntil)
        var ended = Ended(sessions: max(0, present.live - keptSessions), rememberedLogins: remembered, seq: seq)
        ended.isToldLater = left > 0 && isHeard
        record(
            AuditEvent(
                .sessionsEnded, at: ending.at, subject: name.name, by: ending.by, reason: ending.reason.rawValue,
                count: ended.sessions))
        return ended
    }

    /// Removes the sessions of a subject that is no crowd, with their places in the outbox.
    private func tellAtOnce(_ rows: [SessionRow], but kept: SessionRow?, _ ending: Ending) {
        let gone = rows.filter { $0 !== kept }
        if gone.isEmpty { return }
        write("DELETE FROM sessions WHERE id = ANY ($1)", [.blobs(gone.map(\.session.id.bytes))])
        for row in gone {
            forget(row)
            tell(EndedSession(row.session, becauseUnlessExpired: ending.reason, at: ending.at))
        }
    }

    /// Has the sweeper remove a subject's rows that are over; with a reason, there are sessions that it ends for the first time.
    private func leaveToSweeper(_ subject: SubjectRow, because reason: EndingReason?, at: Timestamp) {
        write(
            """
            INSERT INTO stale_subjects (subject, reason, at) VALUES ($1, $2, $3)
            ON CONFLICT (subject) DO UPDATE SET reason = excluded.reason, at = excluded.at
            WHERE excluded.reason IS NOT NULL
            """, [.number(subject.number), .text(reason?.rawValue), .number(reason.map { _ in at.milliseconds })])
    }

    private func keptSession(of subject: SubjectRow, _ ending: Ending) -> SessionRow? {
        guard case .subject(_, let except?) = ending.target, let row = live(except, at: ending.at),
            row.subject === subject
        else { return nil }
        return row
    }

    /// Moves the kept session and its remembered login to the subject's new version, and gives it its renewal.
    private func keep(
        _ kept: SessionRow, _ login: RememberedRow?, of subject: SubjectRow, renewed renewal: Ending.Renewal?
    ) {
        kept.version = subject.version
        kept.session.version = UInt64(clamping: subject.version)
        if let renewal {
            renew(kept, handle: renewal.handleHash)
            kept.session.authenticatedAt = renewal.authenticatedAt
        }
        write(
            "UPDATE sessions SET version = $2, handle = $3, authenticated_at = $4 WHERE id = $1",
            [
                .bytes(kept.session.id.bytes), .number(subject.version), .bytes(kept.handle.bytes),
                .number(kept.session.authenticatedAt.milliseconds),
            ])
        guard let login else { return }
        login.version = subject.version
        write(
            "UPDATE remembered_logins SET version = $2 WHERE id = $1",
            [.bytes(login.id.bytes), .number(subject.version)])
    }

    /// How many of a subject's sessions are live: to the session for a person, by the counter for a crowd; and a person's sessions, when
    /// somebody wants to hear of them.
    ///
    /// The counter has sessions whose end has passed since the last sweep. Looking at a few rows costs nothing beside
    /// the flush, so that a person's receipt is exact; looking at a hundred thousand would.
    private func present(
        of subject: SubjectRow, at now: Timestamp
    ) throws -> (live: Int, toTell: [SessionRow]?) {
        guard subject.liveSessions > 0, subject.liveSessions <= Limits.toldAtOnce else {
            return (subject.liveSessions, nil)
        }
        if !isHeard {
            let counted = try read(
                """
                SELECT count(*) FILTER (WHERE idle_end > $3 AND absolute_end > $3), count(status_index) FROM sessions
                WHERE subject = $1 AND version = $2
                """, [.number(subject.number), .number(subject.version), .number(now.milliseconds)]
            ).first { (live: Int($0.number(0)), withStatus: $0.number(1)) }
            guard let counted, counted.withStatus > 0 else { return (counted?.live ?? 0, nil) }
        }
        let rows = try read(
            "SELECT \(SessionRow.columns) FROM sessions s WHERE s.subject = $1 AND s.version = $2 ORDER BY s.number",
            [.number(subject.number), .number(subject.version)]
        ).map(sessionRow).compactMap(\.self)
        return (rows.filter { $0.session.expiresAt > now }.count, rows)
    }

    /// Moves the epoch on; nobody else writes meanwhile.
    ///
    /// What that ends is counted from the subjects' counters: the one ending that reads more of a larger store.
    private func endEveryone(_ ending: Ending) throws -> Ended {
        let counted = try read(
            """
            SELECT coalesce(sum(u.live_sessions), 0)::bigint, coalesce(sum(u.live_remembered), 0)::bigint,
                (SELECT count(*) FROM sessions s
                JOIN subjects u ON u.number = s.subject AND u.version = s.version
                JOIN authority a ON a.epoch = u.epoch
                WHERE s.sweep_at <= $1 AND (s.idle_end <= $1 OR s.absolute_end <= $1))
            FROM subjects u JOIN authority a ON a.epoch = u.epoch
            """, [.number(ending.at.milliseconds)]
        ).first { (sessions: $0.number(0), remembered: $0.number(1), expired: $0.number(2)) }
        guard let counted else { throw AuthorityError.corrupted("a row that is always there is missing") }
        epoch = Epoch.next(after: epoch, at: ending.at)
        write(
            """
            UPDATE authority SET epoch = $1, stale_reason = $2, stale_at = $3,
                stale_sessions_through = coalesce((SELECT max(number) FROM sessions), 0),
                stale_remembered_through = coalesce((SELECT max(number) FROM remembered_logins), 0)
            """, [.number(epoch), .text(ending.reason.rawValue), .number(ending.at.milliseconds)])
        let seq = append(
            .all(epoch: UInt64(clamping: epoch)), because: ending.reason, at: ending.at, until: ending.revokedUntil)
        var ended = Ended(
            sessions: Int(max(0, counted.sessions - counted.expired)), rememberedLogins: Int(counted.remembered),
            seq: seq)
        ended.isToldLater = counted.sessions > 0 && isHeard
        record(
            AuditEvent(
                .sessionsEnded, at: ending.at, by: ending.by, reason: ending.reason.rawValue, count: ended.sessions))
        return ended
    }
}
