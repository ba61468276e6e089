internal import CLibpq
internal import Foundation

/// One connection, for one thread.
///
/// Statements are prepared once and go out in pipelines (libpq, "Pipeline Mode"): however many there are, they cost one round
/// trip. The socket does not block, so neither side can fill the other's buffers and wait for ever; and nothing is waited for
/// longer than ``patience``.
final class PostgresConnection {
    /// How long an answer may take before the connection is given up.
    var patience: Duration = .seconds(15)
    /// How long a statement may take at the server, less than ``patience`` so that it is the server that speaks first.
    private static let statementMilliseconds = 10_000

    private enum Expected {
        case prepared(String)
        case rows
        case sync
    }

    private let handle: OpaquePointer
    /// The name of each statement that is prepared, or has been sent to be.
    private var names: [String: String] = [:]
    private var nextName = 0
    private(set) var isBroken = false

    /// Connects; what the URI does not say is: within 5 s, to a server that can be written to, and to be noticed when it is gone.
    init(uri: String) throws(PostgresFailure) {
        let defaults = [
            ("connect_timeout", "5"), ("target_session_attrs", "read-write"), ("application_name", "exeunt"),
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "15000"), ("dbname", uri), ("client_encoding", "UTF8"),
        ]
        let connection = Self.withStrings(defaults.map(\.0)) { names in
            Self.withStrings(defaults.map(\.1)) { values in PQconnectdbParams(names, values, 1) }
        }
        guard let connection else { throw .lost("out of memory") }
        handle = connection
        guard PQstatus(handle) == CONNECTION_OK else {
            isBroken = true
            throw .lost(Self.firstLine(PQerrorMessage(handle)))
        }
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        PQsetnonblocking(handle, 1)
        PQenterPipelineMode(handle)
        try settle()
    }

    deinit { PQfinish(handle) }

    var socket: Int32 { PQsocket(handle) }

    /// What every connection of ours is set to.
    ///
    /// Our statements find their rows by an index. A plan is made once, and perhaps on an empty table, for which reading the whole
    /// table looks cheaper; it must not be.
    private func settle() throws(PostgresFailure) {
        _ = try exchange([
            Statement("SET statement_timeout = \(Self.statementMilliseconds)"),
            Statement("SET idle_in_transaction_session_timeout = \(Self.statementMilliseconds)"),
            Statement("SET plan_cache_mode = force_generic_plan"),
            Statement("SET enable_seqscan = off"),
            Statement("SET jit = off"),
            // What is answered must be on the disk, whatever the server's default is.
            Statement(
                """
                SELECT set_config('synchronous_commit', 'on', false)
                WHERE current_setting('synchronous_commit') = 'off'
                """),
        ])
    }

    // MARK: Exchanges

    /// Sends statements that stand or fall together, in one round trip, and gives their results.
    ///
    /// Throws what the first of them was refused for; those after it have not been tried.
    func exchange(_ statements: [Statement]) throws(PostgresFailure) -> [PostgresResult] {
        var results: [PostgresResult] = []
        for result in try exchangeEach([statements]).joined() { results.append(try result.get()) }
        return results
    }

    /// Sends groups of statements that have nothing to do with one another, in one round trip, and gives what came of each
    /// statement.
    ///
    /// Those of a group stand or fall together.
    func exchangeEach(
        _ groups: [[Statement]]
    ) throws(PostgresFailure) -> [[Result<PostgresResult, PostgresFailure>]] {
        let deadline = ContinuousClock.now + patience
        var expected: [Expected] = []
        for group in groups {
            for statement in group { try send(statement, &expected) }
            try check(PQpipelineSync(handle) == 1)
            expected.append(.sync)
        }
        var results: [[Result<PostgresResult, PostgresFailure>]] = [[]]
        var failure: PostgresFailure?
        for item in expected {
            guard let result = try next(by: deadline) else { throw lost("an answer is missing") }
            let outcome = Self.outcome(of: result)
            switch item {
            case .sync:
                failure = nil
                results.append([])
                continue
            case .prepared(let sql): if case .failure = outcome { names[sql] = nil }
            case .rows: results[results.count - 1].append(outcome.mapError { failure ?? $0 })
            }
            if case .failure(let error) = outcome, failure == nil { failure = error }
            // Each answer but a sync is followed by an end.
            if let more = try next(by: deadline) { PQclear(more.handle) }
        }
        results.removeLast()
        return results
    }

    private func send(_ statement: Statement, _ expected: inout [Expected]) throws(PostgresFailure) {
        let name: String
        if let known = names[statement.sql] {
            name = known
        } else {
            nextName += 1
            name = "s\(nextName)"
            names[statement.sql] = name
            try check(PQsendPrepare(handle, name, statement.sql, 0, nil) == 1)
            expected.append(.prepared(statement.sql))
        }
        let wires = statement.values.map(\.wire)
        let lengths = wires.map { Int32($0?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: wires.count)
        let sent = Self.withPointers(wires) { pointers in
            PQsendQueryPrepared(handle, name, Int32(wires.count), pointers, lengths, formats, 1)
        }
        try check(sent == 1)
        expected.append(.rows)
    }

    private struct Answer {
        let handle: OpaquePointer
    }

    /// The next result; nil is the end of a statement's.
    private func next(by deadline: ContinuousClock.Instant) throws(PostgresFailure) -> Answer? {
        while PQisBusy(handle) == 1 { try wait(by: deadline) }
        return PQgetResult(handle).map(Answer.init)
    }

    /// Sends what is left to send and takes in what has come, waiting for either.
    private func wait(by deadline: ContinuousClock.Instant) throws(PostgresFailure) {
        let flushed = PQflush(handle)
        try check(flushed >= 0)
        let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
        guard left > 0, Self.poll(socket, writing: flushed == 1, milliseconds: Int32(left)) else {
            throw lost("no answer within \(patience)")
        }
        try check(PQconsumeInput(handle) == 1)
    }

    private static func outcome(of answer: Answer) -> Result<PostgresResult, PostgresFailure> {
        let status = PQresultStatus(answer.handle)
        if status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_PIPELINE_SYNC {
            return .success(PostgresResult(answer.handle))
        }
        defer { PQclear(answer.handle) }
        if status == PGRES_PIPELINE_ABORTED { return .failure(.refused(state: "25P02", message: "not tried")) }
        guard let state = PQresultErrorField(answer.handle, 67) else {
            return .failure(.lost(firstLine(PQresultErrorMessage(answer.handle))))
        }
        let message = PQresultErrorField(answer.handle, 77).map { String(cString: $0) } ?? "refused"
        return .failure(.refused(state: String(cString: state), message: message))
    }

    // MARK: Notifications

    /// Waits for notifications for at most so long, and gives what they say.
    func notifications(within milliseconds: Int32) throws(PostgresFailure) -> [String] {
        if Self.poll(socket, writing: false, milliseconds: milliseconds) { try check(PQconsumeInput(handle) == 1) }
        var said: [String] = []
        while let notification = PQnotifies(handle) {
            said.append(String(cString: notification.pointee.extra))
            PQfreemem(notification)
        }
        return said
    }

    // MARK: Small things

    private func check(_ isWell: Bool) throws(PostgresFailure) {
        if !isWell || PQstatus(handle) == CONNECTION_BAD { throw lost(Self.firstLine(PQerrorMessage(handle))) }
    }

    private func lost(_ reason: String) -> PostgresFailure {
        isBroken = true
        return .lost(reason)
    }

    private static func poll(_ socket: Int32, writing: Bool, milliseconds: Int32) -> Bool {
        var ready = pollfd(fd: socket, events: Int16(POLLIN) | (writing ? Int16(POLLOUT) : 0), revents: 0)
        while true {
            let count = Foundation.poll(&ready, 1, milliseconds)
            if count >= 0 { return count > 0 }
            guard errno == EINTR else { return false }
        }
    }

    private static func firstLine(_ text: UnsafeMutablePointer<CChar>?) -> String {
        let text = text.map { String(cString: $0) } ?? ""
        return text.split(separator: "\n").first.map(String.init) ?? "the connection is broken"
    }

    private static func withStrings<Value>(
        _ strings: [String], _ use: ([UnsafePointer<CChar>?]) -> Value
    ) -> Value {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return use(copies.map { UnsafePointer($0) } + [nil])
    }

    /// The parameters side by side in one buffer, and where each begins.
    private static func withPointers<Value>(
        _ wires: [[UInt8]?], _ use: ([UnsafePointer<CChar>?]) -> Value
    ) -> Value {
        // A byte more, so that an empty value has an address and is not null.
        let buffer = wires.reduce(into: [UInt8]()) { if let wire = $1 { $0 += wire + [0] } }
        return buffer.withUnsafeBytes { bytes in
            var offset = 0
            let pointers = wires.map { wire -> UnsafePointer<CChar>? in
                guard let wire else { return nil }
                defer { offset += wire.count + 1 }
                return bytes.baseAddress?.advanced(by: offset).assumingMemoryBound(to: CChar.self)
            }
            return use(pointers)
        }
    }
}
