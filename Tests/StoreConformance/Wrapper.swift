import Exeunt
import Settlement

/// A store that passes every verb on to another; the wrong stores are wrappers that get one of them wrong.
protocol Wrapper: Store {
    var base: any Store { get }
}

extension Wrapper {
    func open(_ opening: Opening) async throws(AuthorityError) -> Session { try await base.open(opening) }

    func extend(
        _ session: Identifier, lastActiveAt: Timestamp, idleEnd: Timestamp
    ) async throws(AuthorityError) -> Bool {
        try await base.extend(session, lastActiveAt: lastActiveAt, idleEnd: idleEnd)
    }

    func rotate(_ rotation: Rotation) async throws(AuthorityError) -> RotationOutcome {
        try await base.rotate(rotation)
    }

    func resume(_ resumption: Resumption) async throws(AuthorityError) -> RotationOutcome {
        try await base.resume(resumption)
    }

    func end(_ ending: Ending) async throws(AuthorityError) -> Ended { try await base.end(ending) }

    func sweep(at now: Timestamp, revokedUntil: Timestamp, auditBefore: Timestamp) async throws(AuthorityError) -> Int {
        try await base.sweep(at: now, revokedUntil: revokedUntil, auditBefore: auditBefore)
    }

    func note(tokenReach: Duration, at now: Timestamp) async throws(AuthorityError) {
        try await base.note(tokenReach: tokenReach, at: now)
    }

    func renew(_ node: AuthorityNode) async throws(AuthorityError) -> NodeRenewal { try await base.renew(node) }

    func note(settledThrough seq: UInt64, of node: Identifier) async throws(AuthorityError) {
        try await base.note(settledThrough: seq, of: node)
    }

    func nodes() async throws(AuthorityError) -> [AuthorityNode] { try await base.nodes() }

    func remove(_ node: AuthorityNode) async throws(AuthorityError) { try await base.remove(node) }

    func session(handle: SecretHash, at now: Timestamp) async throws(AuthorityError) -> Session? {
        try await base.session(handle: handle, at: now)
    }

    func session(_ id: Identifier, at now: Timestamp) async throws(AuthorityError) -> Session? {
        try await base.session(id, at: now)
    }

    func session(of token: TokenClaims, at now: Timestamp) async throws(AuthorityError) -> Session? {
        try await base.session(of: token, at: now)
    }

    func session(
        refreshFamily: SecretHash, at now: Timestamp
    ) async throws(AuthorityError) -> (session: Session, generation: UInt32)? {
        try await base.session(refreshFamily: refreshFamily, at: now)
    }

    func rememberedLogin(
        family: SecretHash, at now: Timestamp
    ) async throws(AuthorityError) -> (subject: Subject, clientID: String, generation: UInt32, expiresAt: Timestamp)? {
        try await base.rememberedLogin(family: family, at: now)
    }

    func sessions(
        of subject: Subject?, after: String?, limit: Int, at now: Timestamp
    ) async throws(AuthorityError) -> SessionPage {
        try await base.sessions(of: subject, after: after, limit: limit, at: now)
    }

    func log(after: UInt64, limit: Int) async throws(AuthorityError) -> [LoggedRevocation] {
        try await base.log(after: after, limit: limit)
    }

    func position() async throws(AuthorityError) -> LogPosition { try await base.position() }

    func heads() -> AsyncStream<UInt64> { base.heads() }

    func account(email: String) async throws(AuthorityError) -> Account? { try await base.account(email: email) }

    func account(of subject: Subject) async throws(AuthorityError) -> Account? { try await base.account(of: subject) }

    func add(_ account: Account) async throws(AuthorityError) { try await base.add(account) }

    func client(_ id: String) async throws(AuthorityError) -> Client? { try await base.client(id) }

    func clients() async throws(AuthorityError) -> [Client] { try await base.clients() }

    func add(_ client: Client, by: Provenance) async throws(AuthorityError) { try await base.add(client, by: by) }

    func update(_ client: Client, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool {
        try await base.update(client, at: now, by: by)
    }

    func removeClient(_ id: String, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool {
        try await base.removeClient(id, at: now, by: by)
    }

    func signingKeys(at now: Timestamp) async throws(AuthorityError) -> [StoredSigningKey] {
        try await base.signingKeys(at: now)
    }

    func rotate(
        to key: StoredSigningKey, replacing: String?, previousRetireAt: Timestamp, by: Provenance
    ) async throws(AuthorityError) -> Bool {
        try await base.rotate(to: key, replacing: replacing, previousRetireAt: previousRetireAt, by: by)
    }

    func record(_ event: AuditEvent) async throws(AuthorityError) { try await base.record(event) }

    func auditEvents(_ filter: AuditFilter) async throws(AuthorityError) -> [AuditEvent] {
        try await base.auditEvents(filter)
    }

    var commitCount: Int { base.commitCount }

    func close() { base.close() }

    func ping() async throws(AuthorityError) { try await base.ping() }

    func diagnose(at now: Timestamp) async throws(AuthorityError) -> StoreDiagnosis { try await base.diagnose(at: now) }

    func receivers() async throws(AuthorityError) -> [Receiver] { try await base.receivers() }

    func receiver(_ id: Identifier) async throws(AuthorityError) -> Receiver? { try await base.receiver(id) }

    func add(_ receiver: Receiver, by: Provenance) async throws(AuthorityError) {
        try await base.add(receiver, by: by)
    }

    func update(_ receiver: Receiver, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool {
        try await base.update(receiver, at: now, by: by)
    }

    func removeReceiver(_ id: Identifier, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool {
        try await base.removeReceiver(id, at: now, by: by)
    }

    func endedSessions(after: UInt64, limit: Int) async throws(AuthorityError) -> [EndedSession] {
        try await base.endedSessions(after: after, limit: limit)
    }

    func outboxHead() async throws(AuthorityError) -> UInt64 { try await base.outboxHead() }

    func note(_ reports: [DeliveryReport]) async throws(AuthorityError) { try await base.note(reports) }

    func claimOutbox(
        by node: Identifier, until: Timestamp, at now: Timestamp
    ) async throws(AuthorityError) -> Bool {
        try await base.claimOutbox(by: node, until: until, at: now)
    }

    func deadLetters(
        of receiver: Identifier?, after: Int64, limit: Int
    ) async throws(AuthorityError) -> [DeadLetter] {
        try await base.deadLetters(of: receiver, after: after, limit: limit)
    }

    func removeDeadLetters(_ numbers: [Int64]) async throws(AuthorityError) -> Int {
        try await base.removeDeadLetters(numbers)
    }

    func endedStatusIndices(
        in range: Range<UInt64>, since: Timestamp
    ) async throws(AuthorityError) -> [UInt64] {
        try await base.endedStatusIndices(in: range, since: since)
    }

    func providers() async throws(AuthorityError) -> [Provider] { try await base.providers() }

    func provider(_ issuer: String) async throws(AuthorityError) -> Provider? { try await base.provider(issuer) }

    func add(_ provider: Provider, by: Provenance) async throws(AuthorityError) {
        try await base.add(provider, by: by)
    }

    func removeProvider(
        _ issuer: String, at now: Timestamp, by: Provenance
    ) async throws(AuthorityError) -> Bool {
        try await base.removeProvider(issuer, at: now, by: by)
    }

    func hasHeard(_ what: Heard) async throws(AuthorityError) -> Bool { try await base.hasHeard(what) }

    func note(_ what: Heard, until: Timestamp) async throws(AuthorityError) {
        try await base.note(what, until: until)
    }
}
