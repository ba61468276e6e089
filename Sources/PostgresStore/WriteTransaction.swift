internal import Exeunt
internal import Settlement

/// What the verbs do their work with, inside a transaction that others may share.
///
/// It takes three steps however many writes it has. First everything that they want to know is read, with its subjects locked
/// in the order of their numbers, so that of two transactions about one subject the second begins when the first is through,
/// and none waits for another in a circle. Then each write is decided in memory, on what the ones before it have left. At last
/// all that has changed is written, the log last of all: the row with its head is held for the length of the commit alone, and
/// the order of commits is the order of `seq`.
///
/// A write that is refused must have changed nothing: it throws before its first change. Each verb's own part stands beside the
/// verb, in the store's file of that topic.
final class WriteTransaction {
    let connection: PostgresConnection
    /// The epoch under which sessions are live now.
    var epoch: Int64 = 0
    /// Whether there is a receiver that is told of what ends.
    private(set) var isHeard = false
    /// What has been heard of other providers, and until when it is remembered.
    var heard: [SecretHash: Timestamp] = [:]
    /// Places in the status lists that are still to be given.
    var statusIndices: [UInt64] = []
    /// The sessions that get their places in the outbox when the transaction ends.
    var places: [EndedSession] = []
    private var subjects: [Int64: SubjectRow] = [:]
    /// By the bytes of their names: Swift takes some names for equal that are not.
    private var byName: [[UInt8]: SubjectRow] = [:]
    private var sessions: [Identifier: SessionRow] = [:]
    private var byHandle: [SecretHash: SessionRow] = [:]
    private var byFamily: [SecretHash: SessionRow] = [:]
    private var logins: [Identifier: RememberedRow] = [:]
    private var byLoginFamily: [SecretHash: RememberedRow] = [:]
    private var disabled: Set<[UInt8]> = []
    private var statements: [Statement] = []
    private var entries: [LogEntry] = []
    private var events: [AuditEvent] = []

    /// Whoever writes holds this lock together with others; who has to see all of them through, alone: "Exnw".
    static let writersLock = 1_165_520_503

    init(_ connection: PostgresConnection) { self.connection = connection }

    // MARK: Reading first

    /// Begins the transaction and reads what its writes want.
    func begin(_ wants: Wants, isAlone: Bool) throws {
        var (wants, reading) = (wants, Reading())
        reading.add(Statement("BEGIN ISOLATION LEVEL READ COMMITTED"))
        reading.add(Statement("SELECT pg_advisory_xact_lock\(isAlone ? "" : "_shared")(\(Self.writersLock))"))
        try readUpstream(&wants, &reading)
        if !wants.names.isEmpty {
            reading.add(Statement(Self.makeSubjects, [wants.namesInOrder]))
        }
        reading.add(Statement(Self.readAuthority)) { [self] in
            (epoch, isHeard) = $0.first { ($0.number(0), $0.number(1) == 1) } ?? (0, false)
        }
        if wants.statusIndices > 0 {
            reading.add(Statement(Self.takeStatusIndices, [.number(Int64(wants.statusIndices))])) { [self] in
                statusIndices = $0.map { UInt64(clamping: $0.number(0)) }.reversed()
            }
        }
        guard !wants.names.isEmpty || wants.hasKeys else { return try reading.run(on: connection) }
        let names = wants.namesInOrder
        let lock =
            wants.hasKeys
            ? Statement(Self.lockSubjects, wants.keys + [names]) : Statement(Self.lockNamedSubjects, [names])
        reading.add(lock) { [self] in try $0.map(SubjectRow.init).forEach(add) }
        if wants.hasKeys {
            reading.add(Statement(Self.readSessions, wants.keys)) { [self] in try $0.map(sessionRow).forEach { add($0) }
            }
        }
        if !wants.logins.isEmpty || wants.needsLoginsOfSessions {
            reading.add(Statement(Self.readLogins, wants.keys)) { [self] in try $0.map(loginRow).forEach { add($0) } }
        }
        if !wants.names.isEmpty || !wants.logins.isEmpty {
            reading.add(Statement(Self.readDisabled, [names, wants.keys[3]])) { [self] in
                disabled = Set($0.map { $0.bytes(0) })
            }
        }
        try reading.run(on: connection)
    }

    /// Reads in between, what only some writes turn out to need; what has been written so far goes before it.
    func read(_ sql: String, _ values: [PostgresValue]) throws -> PostgresResult {
        let results = try connection.exchange(statements + [Statement(sql, values)])
        statements = []
        guard let last = results.last else { throw AuthorityError.corrupted("an answer is missing") }
        return last
    }

    /// Takes in sessions that turned up in between, and their remembered logins.
    func addLate(_ rows: [SessionRow]) throws {
        rows.forEach { add($0) }
        let ids = rows.compactMap(\.session.rememberedLogin).filter { logins[$0] == nil }
        guard !ids.isEmpty else { return }
        let found = try read(
            "SELECT \(RememberedRow.columns) FROM remembered_logins r WHERE r.id = ANY ($1)",
            [.blobs(ids.map(\.bytes))])
        try found.map(loginRow).forEach { add($0) }
    }

    // MARK: What is known

    private func add(_ row: SubjectRow) {
        subjects[row.number] = row
        byName[Array(row.name.name.utf8)] = row
    }

    func add(_ row: SessionRow?) {
        guard let row else { return }
        sessions[row.session.id] = row
        byHandle[row.handle] = row
        if let family = row.family { byFamily[family] = row }
    }

    func add(_ row: RememberedRow?) {
        guard let row else { return }
        logins[row.id] = row
        byLoginFamily[row.family] = row
    }

    /// The row of a session whose subject is locked; another one has been opened after that, and is not there yet.
    func sessionRow(_ row: Columns) throws -> SessionRow? {
        guard let subject = subjects[row.number(2)] else { return nil }
        return try sessions[row.identifier(0)] ?? SessionRow(row, of: subject)
    }

    private func loginRow(_ row: Columns) throws -> RememberedRow? {
        try subjects[row.number(2)].map { try RememberedRow(row, of: $0) }
    }

    func forget(_ row: SessionRow) {
        sessions[row.session.id] = nil
        byHandle[row.handle] = nil
        if let family = row.family { byFamily[family] = nil }
    }

    func forget(_ row: RememberedRow) {
        logins[row.id] = nil
        byLoginFamily[row.family] = nil
    }

    func renew(_ row: SessionRow, handle: SecretHash) {
        byHandle[row.handle] = nil
        row.handle = handle
        byHandle[handle] = row
    }

    /// A session's row, whether it is live or not.
    func row(of id: Identifier) -> SessionRow? { sessions[id] }

    /// Whether neither its subject's version nor the epoch has ended it.
    func isOfPresent(_ row: SessionRow) -> Bool {
        row.version == row.subject.version && row.subject.epoch == epoch
    }

    func isDisabled(_ subject: Subject) -> Bool { disabled.contains(Array(subject.name.utf8)) }

    func live(_ id: Identifier, at now: Timestamp) -> SessionRow? { live(sessions[id], at: now) }
    func live(handle: SecretHash, at now: Timestamp) -> SessionRow? { live(byHandle[handle], at: now) }
    func live(refreshFamily: SecretHash, at now: Timestamp) -> SessionRow? { live(byFamily[refreshFamily], at: now) }

    func live(rememberedLogin: Identifier, at now: Timestamp) -> [SessionRow] {
        sessions.values.filter { $0.session.rememberedLogin == rememberedLogin && isLive($0, at: now) }
            .sorted { $0.session.createdAt < $1.session.createdAt }
    }

    /// The live sessions that a provider's word is about, the oldest first.
    func live(_ match: UpstreamMatch, at now: Timestamp) -> [SessionRow] {
        sessions.values.filter { match.matches($0.session.upstream) && isLive($0, at: now) }
            .sorted { $0.session.createdAt < $1.session.createdAt }
    }

    /// The remembered logins that a provider's word is about and that can still be resumed, the one that ends first before the others.
    func logins(_ match: UpstreamMatch, at now: Timestamp) -> [RememberedRow] {
        logins.values.filter { match.matches($0.upstream) && live($0, at: now) != nil }
            .sorted { $0.expiresAt < $1.expiresAt }
    }

    func login(family: SecretHash, at now: Timestamp) -> RememberedRow? { live(byLoginFamily[family], at: now) }
    func login(_ id: Identifier, at now: Timestamp) -> RememberedRow? { live(logins[id], at: now) }

    private func live(_ row: SessionRow?, at now: Timestamp) -> SessionRow? {
        row.flatMap { isLive($0, at: now) ? $0 : nil }
    }

    private func isLive(_ row: SessionRow, at now: Timestamp) -> Bool {
        isOfPresent(row) && row.session.expiresAt > now
    }

    private func live(_ row: RememberedRow?, at now: Timestamp) -> RememberedRow? {
        row.flatMap {
            $0.version == $0.subject.version && $0.subject.epoch == epoch && $0.expiresAt > now ? $0 : nil
        }
    }

    /// The subject's row, of the present epoch: moved on if the epoch has.
    ///
    /// A subject that comes to a new epoch gets a new version, so that a session's version alone tells whether it is of
    /// its subject's present.
    func subjectRow(_ subject: Subject) throws -> SubjectRow {
        guard let row = byName[Array(subject.name.utf8)] else {
            throw AuthorityError.corrupted("a subject that was made is missing")
        }
        if row.epoch < epoch {
            row.version = Epoch.version(after: row.version, in: epoch)
            row.epoch = epoch
            row.liveSessions = 0
            row.liveRemembered = 0
            row.isChanged = true
        }
        return row
    }

    /// Adds to a subject's counters.
    func count(sessions: Int, remembered: Int = 0, of subject: SubjectRow) {
        subject.liveSessions += sessions
        subject.liveRemembered += remembered
        subject.isChanged = true
    }

    // MARK: Writing at last

    /// Writes something when the transaction ends.
    func write(_ sql: String, _ values: [PostgresValue]) { write(Statement(sql, values)) }

    func write(_ statement: Statement) { statements.append(statement) }

    /// Appends a record to the log and says where: counted from the log's head when the transaction ends.
    ///
    /// It is kept until then, or longer where a token that it could match reaches further.
    func append(_ target: Revocation.Target, because reason: EndingReason, at: Timestamp, until: Timestamp) -> UInt64 {
        entries.append(LogEntry(target: target, reason: reason, at: at, until: until))
        return UInt64(entries.count)
    }

    /// Where this transaction has appended a record of that target, counted as ``append(_:because:at:until:)`` does.
    func place(of target: Revocation.Target) -> UInt64? {
        entries.firstIndex { $0.target == target }.map { UInt64($0) + 1 }
    }

    /// Appends a line to the audit trail.
    func record(_ event: AuditEvent) { events.append(event) }

    /// Writes what has changed and commits; says where the log's head was before, where it is now if it moved, and how many rows were
    /// written.
    func commit() throws -> (base: UInt64, head: UInt64?, rows: Int) {
        writeSubjects()
        if !events.isEmpty { statements.append(.appending(events)) }
        let telling = places.isEmpty ? [] : [Statement.telling(places)]
        guard !entries.isEmpty else {
            let results = try connection.exchange(statements + telling + [Statement("COMMIT")])
            return (0, nil, results.reduce(0) { $0 + $1.written })
        }
        let results = try connection.exchange(
            statements + [.appending(entries)] + telling + [.notifyingListeners, Statement("COMMIT")])
        guard let head = results[statements.count].first({ UInt64(clamping: $0.number(0)) }) else {
            throw AuthorityError.corrupted("the log's head is missing")
        }
        let rows = results.prefix(statements.count).reduce(entries.count + places.count) { $0 + $1.written }
        return (head - UInt64(entries.count), head, rows)
    }

    /// Writes the subjects that have changed so far.
    func writeSubjects() {
        for subject in subjects.values where subject.isChanged {
            subject.isChanged = false
            write(
                "UPDATE subjects SET version = $2, epoch = $3, live_sessions = $4, live_remembered = $5 WHERE number = $1",
                [
                    .number(subject.number), .number(subject.version), .number(subject.epoch),
                    .number(Int64(subject.liveSessions)), .number(Int64(subject.liveRemembered)),
                ])
        }
    }

    func rollBack() {
        if !connection.isBroken { _ = try? connection.exchange([Statement("ROLLBACK")]) }
    }
}
