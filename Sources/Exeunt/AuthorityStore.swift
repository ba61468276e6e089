package import Settlement

/// The truth about sessions: a handful of atomic verbs, and no "save".
///
/// What every store promises, and the conformance suite checks:
/// - *Ended is terminal.* No verb brings a session back, however late it comes and whatever it races with.
/// - *The log entry commits with the ending.* So do its audit event, and the account change that caused it.
/// - *Cursor order is commit order.* `seq` counts from 1 without a gap, and a reader that has seen n has seen all before.
/// - *Answered is durable.* A verb that returned survives the death of the process and of the machine.
/// - *Nothing by halves.* A verb that throws has changed nothing.
/// - Ending all of a subject's sessions costs the same for one as for a hundred thousand.
///
/// A session is *live* at a moment when it has not been ended and neither of its ends has been reached. Only live
/// sessions are ever returned. Verbs that write an audit event say so. Every verb may throw `storeUnavailable` and, when
/// it writes, `overloaded`.
package protocol AuthorityStore: Sendable {
    // MARK: Open and extend

    /// Opens a session under the subject's present version and the present epoch, with its remembered login if it has
    /// one, ending what it replaces and what the limit displaces.
    ///
    /// Writes `session.opened`, and `remember.opened` and `session.ended` where they apply. Throws `tooManySessions`
    /// when the limit refuses, and `invalidCredential` when the built-in account of the subject is disabled.
    func open(_ opening: Opening) async throws(AuthorityError) -> Session

    /// Moves a live session's "last active" and idle end forward, never back; says whether the session was live.
    func extend(
        _ session: Identifier, lastActiveAt: Timestamp, idleEnd: Timestamp
    ) async throws(AuthorityError) -> Bool

    /// Exchanges a refresh token's generation for the next one, judged by ``Rotation/verdict(generation:current:rotatedAt:at:grace:)``;
    /// moves "last active" and the idle end like ``extend(_:lastActiveAt:idleEnd:)``.
    ///
    /// Of calls that race with one generation, one advances and the others repeat. Writes `session.refreshed`, or
    /// `refresh.reuse` and the ending that follows from it.
    func rotate(_ rotation: Rotation) async throws(AuthorityError) -> RotationOutcome

    /// Exchanges a remember-me token's generation for the next one and opens a session; within the grace, answers with the
    /// session that was opened, if it is live.
    ///
    /// Writes `remember.resumed` and `session.opened`, or `remember.reuse` and the end of all of the subject's sessions and
    /// remembered logins. Throws `tooManySessions` when the limit refuses.
    func resume(_ resumption: Resumption) async throws(AuthorityError) -> RotationOutcome

    // MARK: End

    /// Ends what is asked, with its records in the log, its audit event and its account change, in one transaction.
    ///
    /// `session`: its row goes, its remembered login with it; nothing live there is ``Ended/nothing`` and writes nothing.
    /// `subject`: the version goes up by one and one record is written, always; the kept session moves to the new
    /// version with its remembered login, and gets its renewal; a kept session that is not live is ended too.
    /// `upstream`: the live sessions and the remembered logins of that provider's session or subject, up to
    /// ``Limits/sweepBatch`` of each. `everyone`: ``Epoch/next(after:at:)`` begins. `token`: `seq` says that it is in
    /// the log; `sessions` is 0. Throws `alreadyExists` when the account change names a taken address.
    func end(_ ending: Ending) async throws(AuthorityError) -> Ended

    /// Removes up to ``Limits/sweepBatch`` rows that have outlived their use and says how many: sessions past an end
    /// (with a `session` record and `session.expired`, so that nobody else needs the clock), rows that a version or an epoch
    /// has ended, remembered logins past theirs, records past `until`, audit events from before `auditBefore`.
    func sweep(at now: Timestamp, revokedUntil: Timestamp, auditBefore: Timestamp) async throws(AuthorityError) -> Int

    // MARK: Promises to verifiers

    /// Notes how far into the future a token that is issued from now on can be accepted; records are kept accordingly.
    ///
    /// Every record of the log lasts for that long at the least, and for as long as any earlier, longer reach still asks.
    func note(tokenReach: Duration, at now: Timestamp) async throws(AuthorityError)

    // MARK: Nodes

    /// Writes what a node says of itself, in the place of what it has said before, and says how the log and the other nodes are.
    ///
    /// No commit to the log falls between the writing and the reading: what is committed later finds the node as written, and
    /// what was committed before is within the head. A renewal that is older than what is there changes nothing: it may have been
    /// given up long ago, and ask for a shorter lease than the node has had since.
    func renew(_ node: AuthorityNode) async throws(AuthorityError) -> NodeRenewal

    /// Notes that the log is settled through `seq` among those who follow a node, if the node is there.
    ///
    /// A crash may forget it again, which makes others wait for longer and no worse.
    func note(settledThrough seq: UInt64, of node: Identifier) async throws(AuthorityError)

    /// Every node that is there, in its newest state.
    func nodes() async throws(AuthorityError) -> [AuthorityNode]

    /// Removes a node that still has this renewal.
    func remove(_ node: AuthorityNode) async throws(AuthorityError)

    // MARK: Read

    /// The live session with that handle.
    func session(handle: SecretHash, at now: Timestamp) async throws(AuthorityError) -> Session?

    /// The live session of that id.
    func session(_ id: Identifier, at now: Timestamp) async throws(AuthorityError) -> Session?

    /// The live session that an access token belongs to, unless the token itself has been revoked.
    func session(of token: TokenClaims, at now: Timestamp) async throws(AuthorityError) -> Session?

    /// The live session of a refresh family, with its present generation.
    func session(
        refreshFamily: SecretHash, at now: Timestamp
    ) async throws(AuthorityError) -> (session: Session, generation: UInt32)?

    /// Whose remembered login a family is, and its present generation, if it can still be resumed.
    func rememberedLogin(
        family: SecretHash, at now: Timestamp
    ) async throws(AuthorityError) -> (subject: Subject, clientID: String, generation: UInt32, expiresAt: Timestamp)?

    /// The live sessions of a subject, or of everyone, the newest first; `after` is a page's `next`.
    ///
    /// Throws `invalidArgument` for a cursor that is none of ours.
    func sessions(
        of subject: Subject?, after: String?, limit: Int, at now: Timestamp
    ) async throws(AuthorityError) -> SessionPage

    /// The records with a `seq` above `after`, in order, at most `limit` of them.
    func log(after: UInt64, limit: Int) async throws(AuthorityError) -> [LoggedRevocation]

    /// How far the store has come.
    func position() async throws(AuthorityError) -> LogPosition

    /// The head, each time that it has moved, whichever process moved it; a slow reader sees only the newest.
    func heads() -> AsyncStream<UInt64>
}

extension AuthorityStore {
    /// The newest `seq` committed; 0 for an empty log.
    package func head() async throws(AuthorityError) -> UInt64 { try await position().seq }
}
