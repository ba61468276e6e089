package import Exeunt
internal import GRDB

extension SQLiteStore {
    package func rotate(_ rotation: Rotation) async throws(AuthorityError) -> RotationOutcome {
        try await commits.write { try $0.rotate(rotation) }
    }
}

extension WriteTransaction {
    fileprivate func rotate(_ rotation: Rotation) throws -> RotationOutcome {
        guard let row = try SessionRow.live(refreshFamily: rotation.familyHash, at: rotation.at, db),
            row.session.clientID == rotation.clientID
        else { return .refused }
        let verdict = Rotation.verdict(
            generation: rotation.generation, current: row.generation, rotatedAt: row.rotatedAt, at: rotation.at,
            grace: rotation.grace)
        switch verdict {
        case .advance: return try advance(row, rotation)
        case .repeat:
            let session = try extend(
                row, lastActiveAt: rotation.at, idleEnd: rotation.at + rotation.idleTimeout)
            try record(rotation.event(.sessionRefreshed, of: row.session, reason: "repeated"))
            return .rotated(session, generation: row.generation)
        case .reuse: return try endReused(row, rotation)
        case .impossible: return .refused
        }
    }

    private func advance(_ row: SessionRow, _ rotation: Rotation) throws -> RotationOutcome {
        var session = row.session
        session.lastActiveAt = max(session.lastActiveAt, rotation.at)
        session.idleEnd = max(session.idleEnd, rotation.at + rotation.idleTimeout)
        let generation = row.generation + 1
        try db.run(
            "UPDATE sessions SET generation = ?, rotated_at = ?, last_active_at = ?, idle_end = ? WHERE number = ?",
            [
                Int64(generation), rotation.at.milliseconds, session.lastActiveAt.milliseconds,
                session.idleEnd.milliseconds, row.number,
            ])
        try record(rotation.event(.sessionRefreshed, of: row.session))
        return .rotated(session, generation: generation)
    }

    private func endReused(_ row: SessionRow, _ rotation: Rotation) throws -> RotationOutcome {
        try record(rotation.event(.refreshReuse, of: row.session))
        switch rotation.onReuse {
        case .endSession:
            return .reused(
                try end(
                    row, because: .refreshReuse, at: rotation.at, until: rotation.revokedUntil,
                    by: rotation.by.asAuthority,
                    withRemembered: true))
        case .endAll:
            return .reused(try endAll(of: row.session.subject, rotation.endingAll(of: row.session.subject)))
        }
    }
}
