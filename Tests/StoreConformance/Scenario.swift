import Exeunt
import Settlement
import Synchronization

/// A store under test, and short ways to say what happens to it.
///
/// All starts at ``start``; sessions idle out after an hour and end after a day unless a check says otherwise.
final class Scenario: Sendable {
    static let start = Timestamp(milliseconds: 1_800_000_000_000)
    static let hour: Duration = .seconds(3600)
    static let day: Duration = .seconds(86_400)
    static let grace: Duration = .seconds(10)
    static let client = "shop"

    let tested: TestedStore
    private let names = Atomic<UInt64>(0)

    init(_ tested: TestedStore) { self.tested = tested }

    var store: any Store { tested.store }
    var start: Timestamp { Self.start }

    // MARK: Names

    /// A number that nobody else has.
    private func unique() -> UInt64 { names.add(1, ordering: .relaxed).newValue }

    func identifier() -> Identifier { Identifier(high: unique(), low: 0x5EED) }

    func hash() -> SecretHash { SecretHash(of: identifier().bytes) }

    func subject(_ name: String = "ada") throws -> Subject {
        try require(Subject("\(name)-\(unique())"), "a subject's name was refused")
    }

    let by = Provenance(actor: .client(Scenario.client), address: "192.0.2.7", userAgent: "check")

    // MARK: Opening

    /// What ``open(_:at:remember:)`` asks for, for checks that want it otherwise.
    func opening(_ subject: Subject, at: Timestamp = Scenario.start, remember: Bool = false) -> Opening {
        let login =
            remember
            ? RememberedLogin(id: identifier(), familyHash: hash(), createdAt: at, expiresAt: at + Self.day * 30) : nil
        return Opening(
            id: identifier(), subject: subject, clientID: Self.client,
            device: Device(userAgent: "Firefox", address: "192.0.2.7", label: "desk"), at: at, authenticatedAt: at,
            idleEnd: at + Self.hour, absoluteEnd: at + Self.day, handleHash: hash(), refreshFamilyHash: hash(),
            remembering: login, revokedUntil: at + Self.hour, by: by)
    }

    func open(_ opening: Opening) async throws -> Opened {
        Opened(
            session: try await store.open(opening), handle: opening.handleHash,
            family: try require(opening.refreshFamilyHash, "a check opens sessions with a refresh token"),
            remembered: opening.remembering)
    }

    func open(_ subject: Subject, at: Timestamp = Scenario.start, remember: Bool = false) async throws -> Opened {
        try await open(opening(subject, at: at, remember: remember))
    }

    // MARK: Using

    func rotate(
        _ opened: Opened, generation: UInt32, at: Timestamp = Scenario.start, grace: Duration = Scenario.grace,
        client: String = Scenario.client, onReuse: Rotation.ReuseConsequence = .endSession,
        revokedFor: Duration = Scenario.hour
    ) async throws -> RotationOutcome {
        try await store.rotate(
            Rotation(
                familyHash: opened.family, generation: generation, clientID: client, at: at, grace: grace,
                idleTimeout: Self.hour, onReuse: onReuse, revokedUntil: at + revokedFor, by: by))
    }

    /// A use of a remembered login; the handle stands for the one that its token's generation gives.
    func resume(
        _ login: RememberedLogin, generation: UInt32, handle: SecretHash? = nil, at: Timestamp = Scenario.start,
        grace: Duration = Scenario.grace, client: String = Scenario.client, limit: ConcurrencyLimit? = nil
    ) async throws -> RotationOutcome {
        try await store.resume(
            Resumption(
                familyHash: login.familyHash, generation: generation, grace: grace,
                opening: ResumedOpening(
                    id: identifier(), clientID: client, device: Device(userAgent: "Firefox"), at: at,
                    idleEnd: at + Self.hour, absoluteEnd: at + Self.day, handleHash: handle ?? hash(),
                    refreshFamilyHash: hash(), limit: limit, revokedUntil: at + Self.hour, by: by)))
    }

    // MARK: Ending

    func ending(
        _ target: Ending.Target, because reason: EndingReason = .signedOut, at: Timestamp = Scenario.start
    ) -> Ending {
        Ending(target, reason: reason, at: at, revokedUntil: at + Self.hour, by: by)
    }

    @discardableResult
    func end(
        _ target: Ending.Target, because reason: EndingReason = .signedOut, at: Timestamp = Scenario.start
    ) async throws -> Ended {
        try await store.end(ending(target, because: reason, at: at))
    }

    @discardableResult
    func end(_ opened: Opened, at: Timestamp = Scenario.start) async throws -> Ended {
        try await end(.session(opened.id, owner: nil), at: at)
    }

    /// One round of the sweeper, keeping the audit trail whole.
    func sweep(at now: Timestamp, auditBefore: Timestamp = Timestamp(milliseconds: 0)) async throws -> Int {
        try await store.sweep(at: now, revokedUntil: now + Self.hour, auditBefore: auditBefore)
    }

    // MARK: Looking

    func isLive(_ opened: Opened, at now: Timestamp = Scenario.start) async throws -> Bool {
        try await store.session(opened.id, at: now) != nil
    }

    /// The whole log.
    func log() async throws -> [LoggedRevocation] {
        var records: [LoggedRevocation] = []
        while true {
            let more = try await store.log(after: records.last?.revocation.seq ?? 0, limit: Limits.revocationsPerRead)
            if more.isEmpty { return records }
            records += more
        }
    }

    /// The log as a verifier holds it.
    func revocations() async throws -> RevocationSet {
        var set = RevocationSet()
        for record in try await log() { set.insert(record.revocation) }
        return set
    }

    /// The whole audit trail.
    func events() async throws -> [AuditEvent] {
        var filter = AuditFilter()
        var events: [AuditEvent] = []
        while true {
            let more = try await store.auditEvents(filter)
            guard let last = more.last else { return events }
            events += more
            filter.after = last.number
        }
    }

    func events(_ kind: AuditEvent.Kind) async throws -> [AuditEvent] {
        try await events().filter { $0.kind == kind }
    }

    /// All of a subject's sessions, page by page.
    func sessions(of subject: Subject?, at now: Timestamp = Scenario.start, limit: Int = 100) async throws -> [Session]
    {
        var sessions: [Session] = []
        var next: String?
        repeat {
            let page = try await store.sessions(of: subject, after: next, limit: limit, at: now)
            sessions += page.sessions
            next = page.next
        } while next != nil
        return sessions
    }

    /// Looks at an ended session from every side: nothing of it may answer.
    func expectOver(_ opened: Opened, at now: Timestamp = Scenario.start, after what: String) async throws {
        let store = store
        try expect(try await store.session(opened.id, at: now) == nil, "after \(what) it is found by its id")
        try expect(try await store.session(handle: opened.handle, at: now) == nil, "after \(what) its handle opens it")
        try expect(
            try await store.session(refreshFamily: opened.family, at: now) == nil,
            "after \(what) its refresh token leads to it")
        try expect(
            try await store.session(of: opened.token(identifier()), at: now) == nil,
            "after \(what) its access token is active")
        let listed = try await sessions(of: opened.session.subject, at: now)
        try expect(!listed.contains { $0.id == opened.id }, "after \(what) it is listed")
    }
}
