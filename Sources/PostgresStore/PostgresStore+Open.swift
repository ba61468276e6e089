package import Exeunt
package import Settlement

extension PostgresStore {
    package func open(_ opening: Opening) async throws(AuthorityError) -> Session {
        var wants = Wants.subject(opening.subject)
        if let end = opening.upstreamEnd { wants.heard = [end.hash] }
        if opening.wantsStatusIndex { wants.statusIndices = 1 }
        if let old = opening.replacing {
            wants.handles = [old]
            wants.needsLoginsOfSessions = true
        }
        return try await writes.write(wants) { transaction in
            let session = try transaction.open(opening)
            return { _ in session }
        }
    }

    package func extend(
        _ session: Identifier, lastActiveAt: Timestamp, idleEnd: Timestamp
    ) async throws(AuthorityError) -> Bool {
        try await writes.write(Wants(sessions: [session])) { transaction in
            guard let row = transaction.live(session, at: lastActiveAt) else { return { _ in false } }
            transaction.extend(row, lastActiveAt: lastActiveAt, idleEnd: idleEnd)
            return { _ in true }
        }
    }
}

extension WriteTransaction {
    /// Opens a session, ending what it replaces and what the limit displaces.
    func open(_ opening: Opening) throws -> Session {
        if isDisabled(opening.subject) { throw AuthorityError.invalidCredential }
        try refuseEndedUpstream(opening)
        let old = opening.replacing.flatMap { live(handle: $0, at: opening.at) }
        let subject = try subjectRow(opening.subject)
        let displaced = try displaced(by: opening, of: subject, replacing: old)
        let statusIndex = opening.wantsStatusIndex ? try nextStatusIndex() : nil
        if let old {
            end(
                old, because: .signedOut, at: opening.at, until: opening.revokedUntil, by: opening.by,
                withRemembered: true)
        }
        let session = insert(
            opening, of: subject, displacing: displaced, remembered: opening.remembering?.id, statusIndex: statusIndex)
        if let login = opening.remembering { remember(login, for: opening, of: subject) }
        return session
    }

    /// Writes the session itself, with its event, after making room for it.
    func insert(
        _ opening: Opening, of subject: SubjectRow, displacing displaced: [SessionRow], remembered: Identifier?,
        statusIndex: UInt64?
    ) -> Session {
        for row in displaced {
            end(
                row, because: .sessionLimit, at: opening.at, until: opening.revokedUntil,
                by: opening.by.asAuthority,
                withRemembered: row.session.rememberedLogin != remembered)
        }
        let session = Session(
            id: opening.id, subject: opening.subject, version: UInt64(clamping: subject.version),
            epoch: UInt64(clamping: subject.epoch), clientID: opening.clientID, device: opening.device,
            createdAt: opening.at, lastActiveAt: opening.at, authenticatedAt: opening.authenticatedAt,
            idleEnd: opening.idleEnd, absoluteEnd: opening.absoluteEnd, rememberedLogin: remembered,
            upstream: opening.upstream, statusIndex: statusIndex)
        add(SessionRow(session, of: subject, handle: opening.handleHash, family: opening.refreshFamilyHash))
        write(
            """
            INSERT INTO sessions
                (id, handle, subject, version, last_active_at, idle_end, absolute_end, sweep_at, generation, rotated_at,
                created_at, authenticated_at, refresh_family, remembered, client, address, user_agent, label,
                upstream_issuer, upstream_session, upstream_subject, status_index)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $5, $5, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
            """,
            [
                .bytes(opening.id.bytes), .bytes(opening.handleHash.bytes), .number(subject.number),
                .number(subject.version), .number(opening.at.milliseconds), .number(opening.idleEnd.milliseconds),
                .number(opening.absoluteEnd.milliseconds), .number(session.expiresAt.milliseconds),
                .number(opening.authenticatedAt.milliseconds), .bytes(opening.refreshFamilyHash?.bytes),
                .bytes(remembered?.bytes), .text(opening.clientID), .text(opening.device.address),
                .text(opening.device.userAgent), .text(opening.device.label), .text(opening.upstream?.issuer),
                .text(opening.upstream?.session), .text(opening.upstream?.subject),
                .number(statusIndex.map { Int64(clamping: $0) }),
            ])
        count(sessions: 1, of: subject)
        record(
            AuditEvent(
                .sessionOpened, at: opening.at, subject: opening.subject.name, session: opening.id,
                clientID: opening.clientID, by: opening.by))
        return session
    }

    /// Moves "last active" and the idle end forward, never back.
    func extend(_ row: SessionRow, lastActiveAt: Timestamp, idleEnd: Timestamp) {
        move(row, lastActiveAt: lastActiveAt, idleEnd: idleEnd)
        write(
            "UPDATE sessions SET last_active_at = $2, idle_end = $3 WHERE id = $1",
            [
                .bytes(row.session.id.bytes), .number(row.session.lastActiveAt.milliseconds),
                .number(row.session.idleEnd.milliseconds),
            ])
    }

    func move(_ row: SessionRow, lastActiveAt: Timestamp, idleEnd: Timestamp) {
        row.session.lastActiveAt = max(row.session.lastActiveAt, lastActiveAt)
        row.session.idleEnd = max(row.session.idleEnd, idleEnd)
    }

    private func remember(_ login: RememberedLogin, for opening: Opening, of subject: SubjectRow) {
        let row = RememberedRow(login, of: subject, for: opening)
        add(row)
        write(
            """
            INSERT INTO remembered_logins
                (id, family, subject, version, generation, rotated_at, created_at, expires_at, authenticated_at, client,
                upstream_issuer, upstream_session, upstream_subject)
            VALUES ($1, $2, $3, $4, 0, $5, $5, $6, $7, $8, $9, $10, $11)
            """,
            [
                .bytes(login.id.bytes), .bytes(login.familyHash.bytes), .number(subject.number),
                .number(subject.version), .number(login.createdAt.milliseconds), .number(login.expiresAt.milliseconds),
                .number(opening.authenticatedAt.milliseconds), .text(opening.clientID), .text(opening.upstream?.issuer),
                .text(opening.upstream?.session), .text(opening.upstream?.subject),
            ])
        count(sessions: 0, remembered: 1, of: subject)
        record(
            AuditEvent(
                .rememberOpened, at: opening.at, subject: opening.subject.name, session: opening.id,
                clientID: opening.clientID, by: opening.by))
    }

    /// The least recently active sessions that the limit has no room for beside a new one, which takes the place of `old`.
    ///
    /// At most ``Limits/sweepBatch`` in one transaction: a cap that is set anew upon a crowd is reached by and by. Throws
    /// `tooManySessions` when the limit refuses.
    func displaced(
        by opening: Opening, of subject: SubjectRow, replacing old: SessionRow?
    ) throws -> [SessionRow] {
        guard let limit = opening.limit, subject.liveSessions >= limit.sessions else { return [] }
        let live = "s.subject = $1 AND s.version = $2 AND s.idle_end > $3 AND s.absolute_end > $3"
        let subjectAndMoment: [PostgresValue] = [
            .number(subject.number), .number(subject.version), .number(opening.at.milliseconds),
        ]
        let held = try read("SELECT count(*) FROM sessions s WHERE \(live)", subjectAndMoment).first { $0.number(0) }
        let isOldOfSubject = old.map { $0.subject === subject } ?? false
        let excess = Int(held ?? 0) - (isOldOfSubject ? 1 : 0) + 1 - limit.sessions
        guard excess > 0 else { return [] }
        guard limit.whenFull == .endOldest else { throw AuthorityError.tooManySessions }
        let rows = try read(
            "SELECT \(SessionRow.columns) FROM sessions s WHERE \(live) ORDER BY s.last_active_at, s.number LIMIT $4",
            subjectAndMoment + [.number(Int64(min(excess, Limits.sweepBatch)) + 1)]
        ).map(sessionRow).compactMap(\.self)
        let displaced = rows.filter { $0 !== old }.prefix(min(excess, Limits.sweepBatch))
        try addLate(Array(displaced))
        return Array(displaced)
    }
}
