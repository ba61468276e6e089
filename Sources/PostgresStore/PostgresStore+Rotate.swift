package import Exeunt
internal import Settlement

extension PostgresStore {
    package func rotate(_ rotation: Rotation) async throws(AuthorityError) -> RotationOutcome {
        try await writes.write(Wants(families: [rotation.familyHash], needsLoginsOfSessions: true)) { transaction in
            let outcome = try transaction.rotate(rotation)
            return { outcome.placed(after: $0) }
        }
    }
}

extension WriteTransaction {
    fileprivate func rotate(_ rotation: Rotation) throws -> RotationOutcome {
        guard let row = live(refreshFamily: rotation.familyHash, at: rotation.at),
            row.session.clientID == rotation.clientID
        else { return .refused }
        let verdict = Rotation.verdict(
            generation: rotation.generation, current: row.generation, rotatedAt: row.rotatedAt, at: rotation.at,
            grace: rotation.grace)
        switch verdict {
        case .advance: return advance(row, rotation)
        case .repeat:
            extend(row, lastActiveAt: rotation.at, idleEnd: rotation.at + rotation.idleTimeout)
            record(rotation.event(.sessionRefreshed, of: row.session, reason: "repeated"))
            return .rotated(row.session, generation: row.generation)
        case .reuse: return try endReused(row, rotation)
        case .impossible: return .refused
        }
    }

    private func advance(_ row: SessionRow, _ rotation: Rotation) -> RotationOutcome {
        move(row, lastActiveAt: rotation.at, idleEnd: rotation.at + rotation.idleTimeout)
        row.generation += 1
        row.rotatedAt = rotation.at
        write(
            """
            UPDATE sessions SET generation = $2, rotated_at = $3, last_active_at = $4, idle_end = $5 WHERE id = $1
            """,
            [
                .bytes(row.session.id.bytes), .number(Int64(row.generation)), .number(rotation.at.milliseconds),
                .number(row.session.lastActiveAt.milliseconds), .number(row.session.idleEnd.milliseconds),
            ])
        record(rotation.event(.sessionRefreshed, of: row.session))
        return .rotated(row.session, generation: row.generation)
    }

    private func endReused(_ row: SessionRow, _ rotation: Rotation) throws -> RotationOutcome {
        record(rotation.event(.refreshReuse, of: row.session))
        switch rotation.onReuse {
        case .endSession:
            return .reused(
                end(
                    row, because: .refreshReuse, at: rotation.at, until: rotation.revokedUntil,
                    by: rotation.by.asAuthority,
                    withRemembered: true))
        case .endAll:
            return .reused(try endAll(of: row.session.subject, rotation.endingAll(of: row.session.subject)))
        }
    }
}

extension RotationOutcome {
    /// The same, its place in the log counted from the start and not from the head before its transaction.
    func placed(after base: UInt64) -> RotationOutcome {
        if case .reused(let ended) = self { .reused(ended.placed(after: base)) } else { self }
    }
}

extension Ended {
    /// The same, its place in the log counted from the start and not from the head before its transaction.
    func placed(after base: UInt64) -> Ended {
        var ended = self
        ended.seq = seq.map { $0 + base }
        return ended
    }
}
