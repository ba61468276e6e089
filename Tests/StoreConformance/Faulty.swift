import Exeunt
import Settlement

/// A right store with some of its verbs done otherwise.
struct Faulty: Wrapper {
    let base: any Store

    var onOpen: (@Sendable (any Store, Opening) async throws(AuthorityError) -> Session)?
    var onExtend: (@Sendable (any Store, Identifier, Timestamp, Timestamp) async throws(AuthorityError) -> Bool)?
    var onRotate: (@Sendable (any Store, Rotation) async throws(AuthorityError) -> RotationOutcome)?
    var onResume: (@Sendable (any Store, Resumption) async throws(AuthorityError) -> RotationOutcome)?
    var onEnd: (@Sendable (any Store, Ending) async throws(AuthorityError) -> Ended)?
    var onSweep: (@Sendable (any Store, Timestamp, Timestamp, Timestamp) async throws(AuthorityError) -> Int)?
    var onReach: (@Sendable (any Store, Duration, Timestamp) async throws(AuthorityError) -> Void)?
    var onRenew: (@Sendable (any Store, AuthorityNode) async throws(AuthorityError) -> NodeRenewal)?
    var onSettled: (@Sendable (any Store, UInt64, Identifier) async throws(AuthorityError) -> Void)?
    var onRemove: (@Sendable (any Store, AuthorityNode) async throws(AuthorityError) -> Void)?
    var onHandle: (@Sendable (any Store, SecretHash, Timestamp) async throws(AuthorityError) -> Session?)?
    var onID: (@Sendable (any Store, Identifier, Timestamp) async throws(AuthorityError) -> Session?)?
    var onToken: (@Sendable (any Store, TokenClaims, Timestamp) async throws(AuthorityError) -> Session?)?
    var onList: (@Sendable (any Store, Subject?, String?, Int, Timestamp) async throws(AuthorityError) -> SessionPage)?
    var onLog: (@Sendable (any Store, UInt64, Int) async throws(AuthorityError) -> [LoggedRevocation])?
    var onHeads: (@Sendable (any Store) -> AsyncStream<UInt64>)?
    var onAccount: (@Sendable (any Store, String) async throws(AuthorityError) -> Account?)?
    var onAddClient: (@Sendable (any Store, Client, Provenance) async throws(AuthorityError) -> Void)?
    var onRotateKey:
        (@Sendable (any Store, StoredSigningKey, Timestamp, Provenance) async throws(AuthorityError) -> Bool)?
    var onDiagnose: (@Sendable (any Store, Timestamp) async throws(AuthorityError) -> StoreDiagnosis)?
    var onEvents: (@Sendable (any Store, AuditFilter) async throws(AuthorityError) -> [AuditEvent])?
    var onEnded: (@Sendable (any Store, UInt64, Int) async throws(AuthorityError) -> [EndedSession])?
    var onOutboxHead: (@Sendable (any Store) async throws(AuthorityError) -> UInt64)?
    var onReceiver: (@Sendable (any Store, Identifier) async throws(AuthorityError) -> Receiver?)?
    var onAddReceiver: (@Sendable (any Store, Receiver, Provenance) async throws(AuthorityError) -> Void)?
    var onUpdateReceiver: (@Sendable (any Store, Receiver, Timestamp, Provenance) async throws(AuthorityError) -> Bool)?
    var onNote: (@Sendable (any Store, [DeliveryReport]) async throws(AuthorityError) -> Void)?
    var onDeadLetters: (@Sendable (any Store, Identifier?, Int64, Int) async throws(AuthorityError) -> [DeadLetter])?
    var onClaim: (@Sendable (any Store, Identifier, Timestamp, Timestamp) async throws(AuthorityError) -> Bool)?
    var onStatuses: (@Sendable (any Store, Range<UInt64>, Timestamp) async throws(AuthorityError) -> [UInt64])?
    var onUpdateClient: (@Sendable (any Store, Client, Timestamp, Provenance) async throws(AuthorityError) -> Bool)?
    var onRemoveClient: (@Sendable (any Store, String, Timestamp, Provenance) async throws(AuthorityError) -> Bool)?
    var onAddProvider: (@Sendable (any Store, Provider, Provenance) async throws(AuthorityError) -> Void)?
    var onHasHeard: (@Sendable (any Store, Heard) async throws(AuthorityError) -> Bool)?

    init(base: any Store) { self.base = base }

    func open(_ opening: Opening) async throws(AuthorityError) -> Session {
        guard let onOpen else { return try await base.open(opening) }
        return try await onOpen(base, opening)
    }

    func extend(
        _ session: Identifier, lastActiveAt: Timestamp, idleEnd: Timestamp
    ) async throws(AuthorityError) -> Bool {
        guard let onExtend else {
            return try await base.extend(session, lastActiveAt: lastActiveAt, idleEnd: idleEnd)
        }
        return try await onExtend(base, session, lastActiveAt, idleEnd)
    }

    func rotate(_ rotation: Rotation) async throws(AuthorityError) -> RotationOutcome {
        guard let onRotate else { return try await base.rotate(rotation) }
        return try await onRotate(base, rotation)
    }

    func resume(_ resumption: Resumption) async throws(AuthorityError) -> RotationOutcome {
        guard let onResume else { return try await base.resume(resumption) }
        return try await onResume(base, resumption)
    }

    func end(_ ending: Ending) async throws(AuthorityError) -> Ended {
        guard let onEnd else { return try await base.end(ending) }
        return try await onEnd(base, ending)
    }

    func sweep(at now: Timestamp, revokedUntil: Timestamp, auditBefore: Timestamp) async throws(AuthorityError) -> Int {
        guard let onSweep else {
            return try await base.sweep(at: now, revokedUntil: revokedUntil, auditBefore: auditBefore)
        }
        return try await onSweep(base, now, revokedUntil, auditBefore)
    }

    func note(tokenReach: Duration, at now: Timestamp) async throws(AuthorityError) {
        guard let onReach else { return try await base.note(tokenReach: tokenReach, at: now) }
        try await onReach(base, tokenReach, now)
    }

    func renew(_ node: AuthorityNode) async throws(AuthorityError) -> NodeRenewal {
        guard let onRenew else { return try await base.renew(node) }
        return try await onRenew(base, node)
    }

    func note(settledThrough seq: UInt64, of node: Identifier) async throws(AuthorityError) {
        guard let onSettled else { return try await base.note(settledThrough: seq, of: node) }
        try await onSettled(base, seq, node)
    }

    func remove(_ node: AuthorityNode) async throws(AuthorityError) {
        guard let onRemove else { return try await base.remove(node) }
        try await onRemove(base, node)
    }

    func session(handle: SecretHash, at now: Timestamp) async throws(AuthorityError) -> Session? {
        guard let onHandle else { return try await base.session(handle: handle, at: now) }
        return try await onHandle(base, handle, now)
    }

    func session(_ id: Identifier, at now: Timestamp) async throws(AuthorityError) -> Session? {
        guard let onID else { return try await base.session(id, at: now) }
        return try await onID(base, id, now)
    }

    func session(of token: TokenClaims, at now: Timestamp) async throws(AuthorityError) -> Session? {
        guard let onToken else { return try await base.session(of: token, at: now) }
        return try await onToken(base, token, now)
    }

    func sessions(
        of subject: Subject?, after: String?, limit: Int, at now: Timestamp
    ) async throws(AuthorityError) -> SessionPage {
        guard let onList else { return try await base.sessions(of: subject, after: after, limit: limit, at: now) }
        return try await onList(base, subject, after, limit, now)
    }

    func log(after: UInt64, limit: Int) async throws(AuthorityError) -> [LoggedRevocation] {
        guard let onLog else { return try await base.log(after: after, limit: limit) }
        return try await onLog(base, after, limit)
    }

    func heads() -> AsyncStream<UInt64> { onHeads?(base) ?? base.heads() }

    func account(email: String) async throws(AuthorityError) -> Account? {
        guard let onAccount else { return try await base.account(email: email) }
        return try await onAccount(base, email)
    }

    func add(_ client: Client, by: Provenance) async throws(AuthorityError) {
        guard let onAddClient else { return try await base.add(client, by: by) }
        try await onAddClient(base, client, by)
    }

    func rotate(
        to key: StoredSigningKey, replacing: String?, previousRetireAt: Timestamp, by: Provenance
    ) async throws(AuthorityError) -> Bool {
        guard let onRotateKey else {
            return try await base.rotate(to: key, replacing: replacing, previousRetireAt: previousRetireAt, by: by)
        }
        return try await onRotateKey(base, key, previousRetireAt, by)
    }

    func auditEvents(_ filter: AuditFilter) async throws(AuthorityError) -> [AuditEvent] {
        guard let onEvents else { return try await base.auditEvents(filter) }
        return try await onEvents(base, filter)
    }

    func diagnose(at now: Timestamp) async throws(AuthorityError) -> StoreDiagnosis {
        guard let onDiagnose else { return try await base.diagnose(at: now) }
        return try await onDiagnose(base, now)
    }
}

extension StoreCheck.WrongStore {
    /// A right store with the fault that `spoil` gives it.
    init(_ fault: String, _ spoil: @escaping @Sendable (inout Faulty) -> Void) {
        self.fault = fault
        self.wrap = { base in
            var faulty = Faulty(base: base)
            spoil(&faulty)
            return faulty
        }
    }
}
