package import Exeunt
internal import Foundation
internal import GRDB
package import Settlement

extension SQLiteStore {
    package func open(_ opening: Opening) async throws(AuthorityError) -> Session {
        try await commits.write { try $0.open(opening) }
    }

    package func extend(
        _ session: Identifier, lastActiveAt: Timestamp, idleEnd: Timestamp
    ) async throws(AuthorityError) -> Bool {
        try await commits.write { transaction in
            guard let row = try SessionRow.live(session, at: lastActiveAt, transaction.db) else { return false }
            _ = try transaction.extend(row, lastActiveAt: lastActiveAt, idleEnd: idleEnd)
            return true
        }
    }
}

extension WriteTransaction {
    /// Opens a session, ending what it replaces and what the limit displaces.
    func open(_ opening: Opening) throws -> Session {
        try refuseDisabled(opening.subject)
        try refuseEndedUpstream(opening)
        if let old = try opening.replacing.flatMap({ try SessionRow.live(handle: $0, at: opening.at, db) }) {
            try end(
                old, because: .signedOut, at: opening.at, until: opening.revokedUntil, by: opening.by,
                withRemembered: true)
        }
        let session = try insert(opening, remembered: opening.remembering?.id)
        if let login = opening.remembering { try remember(login, for: opening) }
        return session
    }

    /// Writes the session itself, with its event, after making room for it.
    func insert(_ opening: Opening, remembered: Identifier?) throws -> Session {
        var subject = try subjectRow(opening.subject)
        if try makeRoom(for: opening, of: subject, sparing: remembered) { subject = try subjectRow(opening.subject) }
        let session = Session(
            id: opening.id, subject: opening.subject, version: UInt64(clamping: subject.version),
            epoch: UInt64(clamping: subject.epoch), clientID: opening.clientID, device: opening.device,
            createdAt: opening.at, lastActiveAt: opening.at, authenticatedAt: opening.authenticatedAt,
            idleEnd: opening.idleEnd, absoluteEnd: opening.absoluteEnd, rememberedLogin: remembered,
            upstream: opening.upstream, statusIndex: opening.wantsStatusIndex ? try nextStatusIndex() : nil)
        try db.run(
            """
            INSERT INTO sessions
                (id, handle, subject, version, last_active_at, idle_end, absolute_end, sweep_at, generation, rotated_at,
                created_at, authenticated_at, refresh_family, remembered, client, address, user_agent, label,
                upstream_issuer, upstream_session, upstream_subject, status_index)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                opening.id.blob, opening.handleHash.blob, subject.number, subject.version, opening.at.milliseconds,
                opening.idleEnd.milliseconds, opening.absoluteEnd.milliseconds, session.expiresAt.milliseconds,
                opening.at.milliseconds, opening.at.milliseconds, opening.authenticatedAt.milliseconds,
                opening.refreshFamilyHash?.blob, remembered?.blob, opening.clientID, opening.device.address,
                opening.device.userAgent, opening.device.label, opening.upstream?.issuer, opening.upstream?.session,
                opening.upstream?.subject, session.statusIndex.map { Int64(clamping: $0) },
            ])
        try count(sessions: 1, of: subject.number)
        try record(
            AuditEvent(
                .sessionOpened, at: opening.at, subject: opening.subject.name, session: opening.id,
                clientID: opening.clientID, by: opening.by))
        return session
    }

    /// Moves "last active" and the idle end forward, never back, and answers with the session as it is then.
    func extend(_ row: SessionRow, lastActiveAt: Timestamp, idleEnd: Timestamp) throws -> Session {
        var session = row.session
        session.lastActiveAt = max(session.lastActiveAt, lastActiveAt)
        session.idleEnd = max(session.idleEnd, idleEnd)
        try db.run(
            "UPDATE sessions SET last_active_at = ?, idle_end = ? WHERE number = ?",
            [session.lastActiveAt.milliseconds, session.idleEnd.milliseconds, row.number])
        return session
    }

    /// Throws `invalidCredential` when the built-in account of the subject is disabled.
    func refuseDisabled(_ subject: Subject) throws {
        let disabled = try db.first("SELECT disabled FROM accounts WHERE subject = ?", [subject.name]) { $0.number(0) }
        if disabled == 1 { throw AuthorityError.invalidCredential }
    }

    private func remember(_ login: RememberedLogin, for opening: Opening) throws {
        let subject = try subjectRow(opening.subject)
        try db.run(
            """
            INSERT INTO remembered_logins
                (id, family, subject, version, generation, rotated_at, created_at, expires_at, authenticated_at, client,
                upstream_issuer, upstream_session, upstream_subject)
            VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                login.id.blob, login.familyHash.blob, subject.number, subject.version, login.createdAt.milliseconds,
                login.createdAt.milliseconds, login.expiresAt.milliseconds, opening.authenticatedAt.milliseconds,
                opening.clientID, opening.upstream?.issuer, opening.upstream?.session, opening.upstream?.subject,
            ])
        try count(sessions: 0, remembered: 1, of: subject.number)
        try record(
            AuditEvent(
                .rememberOpened, at: opening.at, subject: opening.subject.name, session: opening.id,
                clientID: opening.clientID, by: opening.by))
    }

    /// Ends the least recently active sessions that the limit has no room for beside a new one; says whether it did.
    ///
    /// At most ``Limits/sweepBatch`` in one transaction: a cap that is set anew upon a crowd is reached by and by.
    ///
    /// The remembered login `spared` is the one that opens the new session, and goes on.
    private func makeRoom(
        for opening: Opening, of subject: SubjectRow, sparing spared: Identifier?
    ) throws -> Bool {
        guard let limit = opening.limit, subject.liveSessions >= limit.sessions else { return false }
        let live = "subject = ?1 AND version = ?2 AND idle_end > ?3 AND absolute_end > ?3"
        let subjectAndMoment: StatementArguments = [subject.number, subject.version, opening.at.milliseconds]
        let held = try db.number("SELECT count(*) FROM sessions WHERE \(live)", subjectAndMoment)
        let excess = Int(held) + 1 - limit.sessions
        guard excess > 0 else { return false }
        guard limit.whenFull == .endOldest else { throw AuthorityError.tooManySessions }
        let displaced = try db.all(
            "SELECT id FROM sessions WHERE \(live) ORDER BY last_active_at, number LIMIT ?4",
            subjectAndMoment + [min(excess, Limits.sweepBatch)]
        ) { try $0.identifier(0) }
        for id in displaced {
            guard let row = try SessionRow.live(id, at: opening.at, db) else { continue }
            let login = row.session.rememberedLogin
            try end(
                row, because: .sessionLimit, at: opening.at, until: opening.revokedUntil,
                by: opening.by.asAuthority,
                withRemembered: login != spared)
        }
        return !displaced.isEmpty
    }
}
