package import Exeunt
internal import GRDB

extension SQLiteStore {
    package func resume(_ resumption: Resumption) async throws(AuthorityError) -> RotationOutcome {
        try await commits.write { try $0.resume(resumption) }
    }
}

extension WriteTransaction {
    fileprivate func resume(_ resumption: Resumption) throws -> RotationOutcome {
        let opening = resumption.opening
        guard let login = try RememberedRow.live(family: resumption.familyHash, at: opening.at, db),
            login.clientID == opening.clientID
        else { return .refused }
        let verdict = Rotation.verdict(
            generation: resumption.generation, current: login.generation, rotatedAt: login.rotatedAt, at: opening.at,
            grace: resumption.grace)
        switch verdict {
        case .advance: return try advance(login, opening)
        case .repeat: return try repeated(login, opening)
        case .reuse: return try endReused(login, opening)
        case .impossible: return .refused
        }
    }

    private func advance(_ login: RememberedRow, _ resumed: ResumedOpening) throws -> RotationOutcome {
        try refuseDisabled(login.subject)
        let generation = login.generation + 1
        try db.run(
            "UPDATE remembered_logins SET generation = ?, rotated_at = ? WHERE number = ?",
            [Int64(generation), resumed.at.milliseconds, login.number])
        try record(resumed.event(.rememberResumed, of: login.subject))
        let opening = resumed.opening(
            of: login.subject, authenticatedAt: login.authenticatedAt, upstream: login.upstream)
        return .rotated(try insert(opening, remembered: login.id), generation: generation)
    }

    /// The session that the first use of this generation opened: a browser whose answer was lost gets it again.
    private func repeated(_ login: RememberedRow, _ resumed: ResumedOpening) throws -> RotationOutcome {
        guard let row = try SessionRow.live(handle: resumed.handleHash, at: resumed.at, db),
            row.session.rememberedLogin == login.id
        else { return .refused }
        try record(resumed.event(.rememberResumed, of: login.subject, reason: "repeated"))
        return .rotated(row.session, generation: login.generation)
    }

    private func endReused(_ login: RememberedRow, _ resumed: ResumedOpening) throws -> RotationOutcome {
        try record(resumed.event(.rememberReuse, of: login.subject))
        return .reused(try endAll(of: login.subject, resumed.endingAll(of: login.subject)))
    }
}
