package import Exeunt
package import Settlement

/// A store that passes every verb on to another; the wrong stores are wrappers that get one of them wrong.
package protocol Wrapper: Store {
    var base: any Store { get }
}

extension Wrapper {
    package func open(_ opening: Opening) async throws(AuthorityError) -> Session { try await base.open(opening) }

    package func extend(
        _ session: Identifier, lastActiveAt: Timestamp, idleEnd: Timestamp
    ) async throws(AuthorityError) -> Bool {
        try await base.extend(session, lastActiveAt: lastActiveAt, idleEnd: idleEnd)
    }

    package func rotate(_ rotation: Rotation) async throws(AuthorityError) -> RotationOutcome {
        try await base.rotate(rotation)
    }

    package func resume(_ resumption: Resumption) async throws(AuthorityError) -> RotationOutcome {
        try await base.resume(resumption)
    }

    package func end(_ ending: Ending) async throws(AuthorityError) -> Ended { try await base.end(ending) }

    package func sweep(at now: Timestamp, revokedUntil: Timestamp, auditBefore: Timestamp) async throws(AuthorityError)
        -> Int
    {
        try await base.sweep(at: now, revokedUntil: revokedUntil, auditBefore: auditBefore)
    }

    package func note(tokenReach: Duration, at now: Timestamp) async throws(AuthorityError) {
        try await base.note(tokenReach: tokenReach, at: now)
    }

    package func renew(_ node: AuthorityNode) async throws(AuthorityError) -> NodeRenewal { try await base.renew(node) }

    package func note(settledThrough seq: UInt64, of node: Identifier) async throws(AuthorityError) {
        try await base.note(settledThrough: seq, of: node)
    }

    package func nodes() async throws(AuthorityError) -> [AuthorityNode] { try await base.nodes() }

    package func remove(_ node: AuthorityNode) async throws(AuthorityError) { try await base.remove(node) }

    package func session(handle: SecretHash, at now: Timestamp) async throws(AuthorityError) -> Session? {
        try await base.session(handle: handle, at: now)
    }

    package func session(_ id: Identifier, at now: Timestamp) async throws(AuthorityError) -> Session? {
        try await base.session(id, at: now)
    }

    package func session(of token: TokenClaims, at now: Timestamp) async throws(AuthorityError) -> Session? {
        try await base.session(of: token, at: now)
    }

    package func session(
        refreshFamily: SecretHash, at now: Timestamp
    ) async throws(AuthorityError) -> (session: Session, generation: UInt32)? {
        try await base.session(refreshFamily: refreshFamily, at: now)
    }

    package func rememberedLogin(
        family: SecretHash, at now: Timestamp
    ) async throws(AuthorityError) -> (subject: Subject, clientID: String, generation: UInt32, expiresAt: Timestamp)? {
        try await base.rememberedLogin(family: family, at: now)
    }

    package func sessions(
        of subject: Subject?, after: String?, limit: Int, at now: Timestamp
    ) async throws(AuthorityError) -> SessionPage {
        try await base.sessions(of: subject, after: after, limit: limit, at: now)
    }

    package func log(after: UInt64, limit: Int) async throws(AuthorityError) -> [LoggedRevocation] {
        try await base.log(after: after, limit: limit)
    }

    package func position() async throws(AuthorityError) -> LogPosition { try await base.position() }

    package func heads() -> AsyncStream<UInt64> { base.heads() }

    package func account(email: String) async throws(AuthorityError) -> Account? {
        try await base.account(email: email)
    }

    package func account(of subject: Subject) async throws(AuthorityError) -> Account? {
        try await base.account(of: subject)
    }

    package func add(_ account: Account) async throws(AuthorityError) { try await base.add(account) }

    package func client(_ id: String) async throws(AuthorityError) -> Client? { try await base.client(id) }

    package func clients() async throws(AuthorityError) -> [Client] { try await base.clients() }

    package func add(_ client: Client, by: Provenance) async throws(AuthorityError) {
        try await base.add(client, by: by)
    }

    package func update(_ client: Client, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool {
        try await base.update(client, at: now, by: by)
    }

    package func removeClient(_ id: String, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool {
        try await base.removeClient(id, at: now, by: by)
    }

    package func signingKeys(at now: Timestamp) async throws(AuthorityError) -> [StoredSigningKey] {
        try await base.signingKeys(at: now)
    }

    package func rotate(
        to key: StoredSigningKey, replacing: String?, previousRetireAt: Timestamp, by: Provenance
    ) async throws(AuthorityError) -> Bool {
        try await base.rotate(to: key, replacing: replacing, previousRetireAt: previousRetireAt, by: by)
    }

    package func record(_ event: AuditEvent) async throws(AuthorityError) { try await base.record(event) }

    package func auditEvents(_ filter: AuditFilter) async throws(AuthorityError) -> [AuditEvent] {
        try await base.auditEvents(filter)
    }

    package var commitCount: Int { base.commitCount }

    package func close() { base.close() }

    package func ping() async throws(AuthorityError) { try await base.ping() }

    package func diagnose(at now: Timestamp) async throws(AuthorityError) -> StoreDiagnosis {
        try await base.diagnose(at: now)
    }

    package func receivers() async throws(AuthorityError) -> [Receiver] { try await base.receivers() }

    package func receiver(_ id: Identifier) async throws(AuthorityError) -> Receiver? { try await base.receiver(id) }

    package func add(_ receiver: Receiver, by: Provenance) async throws(AuthorityError) {
        try await base.add(receiver, by: by)
    }

    package func update(_ receiver: Receiver, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool {
        try await base.update(receiver, at: now, by: by)
    }

    package func removeReceiver(_ id: Identifier, at now: Timestamp, by: Provenance) async throws(AuthorityError)
        -> Bool
    {
        try await base.removeReceiver(id, at: now, by: by)
    }

    package func endedSessions(after: UInt64, limit: Int) async throws(AuthorityError) -> [EndedSession] {
        try await base.endedSessions(after: after, limit: limit)
    }

    package func outboxHead() async throws(AuthorityError) -> UInt64 { try await base.outboxHead() }

    package func note(_ reports: [DeliveryReport]) async throws(AuthorityError) { try await base.note(reports) }

    package func claimOutbox(
        by node: Identifier, until: Timestamp, at now: Timestamp
    ) async throws(AuthorityError) -> Bool {
        try await base.claimOutbox(by: node, until: until, at: now)
    }

    package func deadLetters(
        of receiver: Identifier?, after: Int64, limit: Int
    ) async throws(AuthorityError) -> [DeadLetter] {
        try await base.deadLetters(of: receiver, after: after, limit: limit)
    }

    package func removeDeadLetters(_ numbers: [Int64]) async throws(AuthorityError) -> Int {
        try await base.removeDeadLetters(numbers)
    }

    package func endedStatusIndices(
        in range: Range<UInt64>, since: Timestamp
    ) async throws(AuthorityError) -> [UInt64] {
        try await base.endedStatusIndices(in: range, since: since)
    }

    package func providers() async throws(AuthorityError) -> [Provider] { try await base.providers() }

    package func provider(_ issuer: String) async throws(AuthorityError) -> Provider? {
        try await base.provider(issuer)
    }

    package func add(_ provider: Provider, by: Provenance) async throws(AuthorityError) {
        try await base.add(provider, by: by)
    }

    package func removeProvider(
        _ issuer: String, at now: Timestamp, by: Provenance
    ) async throws(AuthorityError) -> Bool {
        try await base.removeProvider(issuer, at: now, by: by)
    }

    package func hasHeard(_ what: Heard) async throws(AuthorityError) -> Bool { try await base.hasHeard(what) }

    package func note(_ what: Heard, until: Timestamp) async throws(AuthorityError) {
        try await base.note(what, until: until)
    }
}
