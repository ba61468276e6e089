package import Exeunt
internal import Settlement

extension PostgresStore {
    package func resume(_ resumption: Resumption) async throws(AuthorityError) -> RotationOutcome {
        let wants = Wants(
            handles: [resumption.opening.handleHash], logins: [resumption.familyHash],
            statusIndices: resumption.opening.wantsStatusIndex ? 1 : 0)
        return try await writes.write(wants) { transaction in
            let outcome = try transaction.resume(resumption)
            return { outcome.placed(after: $0) }
        }
    }
}

extension WriteTransaction {
    fileprivate func resume(_ resumption: Resumption) throws -> RotationOutcome {
        let opening = resumption.opening
        guard let login = login(family: resumption.familyHash, at: opening.at), login.clientID == opening.clientID
        else { return .refused }
        let verdict = Rotation.verdict(
            generation: resumption.generation, current: login.generation, rotatedAt: login.rotatedAt, at: opening.at,
            grace: resumption.grace)
        switch verdict {
        case .advance: return try advance(login, opening)
        case .repeat: return repeated(login, opening)
        case .reuse: return try endReused(login, opening)
        case .impossible: return .refused
        }
    }

    private func advance(_ login: RememberedRow, _ resumed: ResumedOpening) throws -> RotationOutcome {
        let subject = login.subject
        if isDisabled(subject.name) { throw AuthorityError.invalidCredential }
        let opening = resumed.opening(
            of: login.subject.name, authenticatedAt: login.authenticatedAt, upstream: login.upstream)
        let displaced = try displaced(by: opening, of: subject, replacing: nil)
        let statusIndex = opening.wantsStatusIndex ? try nextStatusIndex() : nil
        login.generation += 1
        login.rotatedAt = resumed.at
        write(
            "UPDATE remembered_logins SET generation = $2, rotated_at = $3 WHERE id = $1",
            [.bytes(login.id.bytes), .number(Int64(login.generation)), .number(resumed.at.milliseconds)])
        record(resumed.event(.rememberResumed, of: login.subject.name))
        let session = insert(
            opening, of: subject, displacing: displaced, remembered: login.id, statusIndex: statusIndex)
        return .rotated(session, generation: login.generation)
    }

    /// The session that the first use of this generation opened: a browser whose answer was lost gets it again.
    private func repeated(_ login: RememberedRow, _ resumed: ResumedOpening) -> RotationOutcome {
        guard let row = live(handle: resumed.handleHash, at: resumed.at), row.session.rememberedLogin == login.id
        else { return .refused }
        record(resumed.event(.rememberResumed, of: login.subject.name, reason: "repeated"))
        return .rotated(row.session, generation: login.generation)
    }

    private func endReused(_ login: RememberedRow, _ resumed: ResumedOpening) throws -> RotationOutcome {
        record(resumed.event(.rememberReuse, of: login.subject.name))
        return .reused(try endAll(of: login.subject.name, resumed.endingAll(of: login.subject.name)))
    }
}
