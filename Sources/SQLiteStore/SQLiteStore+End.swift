package import Exeunt
internal import Foundation
internal import GRDB
internal import Settlement

extension SQLiteStore {
    package func end(_ ending: Ending) async throws(AuthorityError) -> Ended {
        try await commits.write { try $0.end(ending) }
    }
}

extension WriteTransaction {
    fileprivate func end(_ ending: Ending) throws -> Ended {
        let ended: Ended
        switch ending.target {
        case .session(let id, let owner):
            guard let row = try SessionRow.live(id, at: ending.at, db), owner == nil || owner == row.session.subject
            else { return .nothing }
            ended = try end(
                row, because: ending.reason, at: ending.at, until: ending.revokedUntil, by: ending.by,
                withRemembered: true)
        case .subject(let subject, _): ended = try endAll(of: subject, ending)
        case .rememberedLogin(let family):
            guard let login = try RememberedRow.live(family: family, at: ending.at, db) else { return .nothing }
            ended = try end(login, ending)
        case .token(let token, let session): ended = try revoke(token, of: session, ending)
        case .upstream(let issuer, let session, let subject):
            ended = try endUpstream(issuer: issuer, session: session, subject: subject, ending)
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
    ) throws -> Ended {
        try db.run("DELETE FROM sessions WHERE number = ?", [row.number])
        var remembered = 0
        if withRemembered, let id = row.session.rememberedLogin,
            let login = try RememberedRow.live(id, at: at, db)
        {
            try db.run("DELETE FROM remembered_logins WHERE number = ?", [login.number])
            remembered = 1
        }
        try count(sessions: -1, remembered: -remembered, of: row.subjectNumber)
        try tell(EndedSession(row.session, because: reason, at: at))
        let seq = try append(.session(row.session.id), because: reason, at: at, until: until)
        try record(
            AuditEvent(
                kind, at: at, subject: row.session.subject.name, session: row.session.id,
                clientID: row.session.clientID, by: by, reason: reason.rawValue))
        return Ended(sessions: 1, rememberedLogins: remembered, seq: seq)
    }

    /// Ends a remembered login with the sessions that it opened.
    func end(_ login: RememberedRow, _ ending: Ending) throws -> Ended {
        try db.run("DELETE FROM remembered_logins WHERE number = ?", [login.number])
        try count(sessions: 0, remembered: -1, of: login.subjectNumber)
        try record(
            AuditEvent(
                .rememberEnded, at: ending.at, subject: login.subject.name, clientID: login.clientID, by: ending.by,
                reason: ending.reason.rawValue))
        var ended = Ended(rememberedLogins: 1)
        for row in try SessionRow.live(rememberedLogin: login.id, at: ending.at, db) {
            let one = try end(
                row, because: ending.reason, at: ending.at, until: ending.revokedUntil, by: ending.by,
                withRemembered: false)
            ended.sessions += one.sessions
            ended.seq = one.seq
        }
        return ended
    }

    /// Writes the token's record, once.
    private func revoke(_ token: Identifier, of session: Identifier, _ ending: Ending) throws -> Ended {
        let known = try db.first("SELECT seq FROM revocations WHERE kind = 1 AND key = ?", [token.blob]) {
            UInt64(clamping: $0.number(0))
        }
        if let known { return Ended(seq: known) }
        let owner = try SessionRow.live(session, at: ending.at, db)?.session
        let seq = try append(.token(token), because: ending.reason, at: ending.at, until: ending.revokedUntil)
        try record(
            AuditEvent(
                .tokenRevoked, at: ending.at, subject: owner?.subject.name, session: session,
                clientID: owner?.clientID, by: ending.by, reason: ending.reason.rawValue))
        return Ended(seq: seq)
    }

    // MARK: Many

    /// Ends all that a subject has, but for the session that the ending keeps: a few rows for any number of them.
    func endAll(of subject: Subject, _ ending: Ending) throws -> Ended {
        var row = try subjectRow(subject)
        let kept = try keptSession(of: row, ending)
        let live = try liveCount(of: row, at: ending.at)
        let keptLogin = try kept?.session.rememberedLogin.flatMap { try RememberedRow.live($0, at: ending.at, db) }
        let (keptSessions, keptLogins) = (kept == nil ? 0 : 1, keptLogin == nil ? 0 : 1)
        let remembered = max(0, row.liveRemembered - keptLogins)
        let isTold = try tellAtOnce(of: row, count: live, but: kept, ending)
        let left = isTold ? 0 : row.liveSessions - keptSessions

        row.version += 1
        row.liveSessions = keptSessions
        row.liveRemembered = keptLogins
        try write(row)
        if left + remembered > 0 { try leaveToSweeper(row, because: left > 0 ? ending.reason : nil, at: ending.at) }
        if let kept { try keep(kept, keptLogin, of: row, renewed: ending.renewal) }

        let record = Revocation.Target.subject(
            subject.name, version: UInt64(clamping: row.version), except: kept?.session.id)
        let seq = try append(record, because: ending.reason, at: ending.at, until: ending.revokedUntil)
        var ended = Ended(sessions: max(0, live.sessions - keptSessions), rememberedLogins: remembered, seq: seq)
        ended.isToldLater = try left > 0 && isHeard()
        try self.record(
            AuditEvent(
                .sessionsEnded, at: ending.at, subject: subject.name, by: ending.by, reason: ending.reason.rawValue,
                count: ended.sessions))
        return ended
    }

    /// Removes the sessions of a subject that is no crowd, with their places in the outbox, when somebody wants to hear of them; says
    /// whether it did.
    private func tellAtOnce(
        of subject: SubjectRow, count: (sessions: Int, withStatus: Int), but kept: SessionRow?, _ ending: Ending
    ) throws -> Bool {
        guard subject.liveSessions <= Limits.toldAtOnce else { return false }
        guard try count.withStatus > 0 || isHeard() else { return false }
        let rows = try db.all(Self.ofPresent, [subject.number, subject.version], SessionRow.init)
        for row in rows where row.number != kept?.number {
            try db.run("DELETE FROM sessions WHERE number = ?", [row.number])
            try tell(EndedSession(row.session, becauseUnlessExpired: ending.reason, at: ending.at))
        }
        return true
    }

    private static let ofPresent = """
        SELECT \(SessionRow.columns) FROM sessions s
        CROSS JOIN subjects u ON u.number = s.subject
        CROSS JOIN authority a ON a.id = 1
        WHERE s.subject = ? AND s.version = ? ORDER BY s.number
        """

    /// Has the sweeper remove a subject's rows that are over; with a reason, there are sessions that it ends for the first time.
    private func leaveToSweeper(_ subject: SubjectRow, because reason: EndingReason?, at: Timestamp) throws {
        try db.run(
            """
            INSERT INTO stale_subjects (subject, reason, at) VALUES (?, ?, ?)
            ON CONFLICT (subject) DO UPDATE SET reason = excluded.reason, at = excluded.at
            WHERE excluded.reason IS NOT NULL
            """, [subject.number, reason?.rawValue, reason == nil ? nil : at.milliseconds])
    }

    private func keptSession(of subject: SubjectRow, _ ending: Ending) throws -> SessionRow? {
        guard case .subject(_, let except?) = ending.target,
            let row = try SessionRow.live(except, at: ending.at, db), row.subjectNumber == subject.number
        else { return nil }
        return row
    }

    /// Moves the kept session and its remembered login to the subject's new version, and gives it its renewal.
    private func keep(
        _ kept: SessionRow, _ login: RememberedRow?, of subject: SubjectRow, renewed renewal: Ending.Renewal?
    ) throws {
        try db.run("UPDATE sessions SET version = ? WHERE number = ?", [subject.version, kept.number])
        if let login {
            try db.run("UPDATE remembered_logins SET version = ? WHERE number = ?", [subject.version, login.number])
        }
        guard let renewal else { return }
        try db.run(
            "UPDATE sessions SET handle = ?, authenticated_at = ? WHERE number = ?",
            [renewal.handleHash.blob, renewal.authenticatedAt.milliseconds, kept.number])
    }

    /// How many of a subject's sessions are live: to the session for a person, by the counter for a crowd.
    ///
    /// The counter has sessions whose end has passed since the last sweep. Looking at a few rows costs nothing beside
    /// the flush, so that a person's receipt is exact; looking at a hundred thousand would.
    ///
    /// Those that have a place in the status lists are counted with those whose end has passed.
    private func liveCount(
        of subject: SubjectRow, at now: Timestamp
    ) throws -> (sessions: Int, withStatus: Int) {
        guard subject.liveSessions <= Limits.toldAtOnce else { return (subject.liveSessions, 0) }
        let counted = try db.first(
            """
            SELECT coalesce(sum(idle_end > ?3 AND absolute_end > ?3), 0), count(status_index) FROM sessions
            WHERE subject = ?1 AND version = ?2
            """, [subject.number, subject.version, now.milliseconds]
        ) { (sessions: Int($0.number(0)), withStatus: Int($0.number(1))) }
        return counted ?? (0, 0)
    }

    /// Moves the epoch on.
    ///
    /// What that ends is counted from the subjects' counters: the one ending that reads more of a larger store.
    private func endEveryone(_ ending: Ending) throws -> Ended {
        let live = "FROM subjects u JOIN authority a ON a.id = 1 AND a.epoch = u.epoch"
        let sessions = try db.number("SELECT coalesce(sum(u.live_sessions), 0) \(live)")
        let remembered = try db.number("SELECT coalesce(sum(u.live_remembered), 0) \(live)")
        let expired = try db.number(
            """
            SELECT count(*) FROM sessions s
            CROSS JOIN subjects u ON u.number = s.subject AND u.version = s.version
            CROSS JOIN authority a ON a.id = 1 AND a.epoch = u.epoch
            WHERE s.sweep_at <= ?1 AND (s.idle_end <= ?1 OR s.absolute_end <= ?1)
            """, [ending.at.milliseconds])
        let epoch = Epoch.next(after: try self.epoch(), at: ending.at)
        try db.run(
            """
            UPDATE authority SET epoch = ?, stale_reason = ?, stale_at = ?,
                stale_sessions_through = coalesce((SELECT max(number) FROM sessions), 0),
                stale_remembered_through = coalesce((SELECT max(number) FROM remembered_logins), 0)
            WHERE id = 1
            """, [epoch, ending.reason.rawValue, ending.at.milliseconds])
        let seq = try append(
            .all(epoch: UInt64(clamping: epoch)), because: ending.reason, at: ending.at, until: ending.revokedUntil)
        var ended = Ended(sessions: Int(max(0, sessions - expired)), rememberedLogins: Int(remembered), seq: seq)
        ended.isToldLater = try sessions > 0 && isHeard()
        try record(
            AuditEvent(
                .sessionsEnded, at: ending.at, by: ending.by, reason: ending.reason.rawValue, count: ended.sessions))
        return ended
    }
}
