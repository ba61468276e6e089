internal import ArgumentParser
internal import Exeunt

/// The command `exeunt log`.
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Show the audit trail, the oldest event first.",
        discussion: """
            A time is \(MomentArgument.forms).

            Types: \(AuditEvent.Kind.allCases.map(\.rawValue).joined(separator: ", ")).
            """)

    @Option(help: "Only events of this subject.")
    var subject: String?

    @Option(help: ArgumentHelp("Only events of this type; can be given several times.", valueName: "type"))
    var type: [AuditEvent.Kind] = []

    @Option(
        help: ArgumentHelp(
            "Only events from this time on, such as 2026-01-31T09:30:00Z, 2026-01-31 or 2h.", valueName: "time"))
    var since: MomentArgument?

    @Option(help: ArgumentHelp("Only events before this time.", valueName: "time"))
    var until: MomentArgument?

    @Option(help: ArgumentHelp("Only the newest of them, so many.", valueName: "count"))
    var limit: Int?

    @Flag(help: "Go on as events are added, until interrupted.")
    var follow = false

    @OptionGroup var options: CommonOptions

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit must be 0 or more") }
        if follow, until != nil { throw ValidationError("--follow has no end, so it does not go with --until") }
    }

    func run() async throws {
        let subject = try subject.map { try SubjectArgument.subject($0) }
        let now = SystemEnvironment.live.now()
        var filter = AuditFilter()
        filter.subject = subject?.name
        filter.kinds = Set(type)
        filter.from = since?.resolved(at: now)
        filter.to = until?.resolved(at: now)
        try await options.withStore { [filter] store, _, _ in try await show(filter, in: store) }
    }

    private func show(_ filter: AuditFilter, in store: any Store) async throws {
        var filter = filter
        if let limit {
            filter.after = try await showNewest(limit, filter, in: store)
        } else {
            filter.after = try await showAll(filter, in: store)
        }
        while follow {
            try await Task.sleep(for: .milliseconds(500))
            filter.after = try await showAll(filter, in: store)
        }
    }

    /// Shows every event that a filter admits, and says the number of the last.
    private func showAll(_ filter: AuditFilter, in store: any Store) async throws -> Int64 {
        var filter = filter
        while true {
            let events = try await store.auditEvents(filter)
            try show(events)
            filter.after = events.last?.number ?? filter.after
            guard events.count == filter.limit else { return filter.after }
        }
    }

    /// Shows the newest `limit` of them, still the oldest of those first.
    private func showNewest(_ limit: Int, _ filter: AuditFilter, in store: any Store) async throws -> Int64 {
        var filter = filter
        guard limit <= Limits.auditEventsPerPage else {
            var kept: [AuditEvent] = []
            while true {
                let events = try await store.auditEvents(filter)
                kept = (kept + events).suffix(limit)
                filter.after = events.last?.number ?? filter.after
                if events.count < filter.limit { break }
            }
            try show(kept)
            return filter.after
        }
        filter.newestFirst = true
        filter.limit = max(1, limit)
        let events = try await store.auditEvents(filter)
        try show(events.prefix(limit).reversed())
        return events.first?.number ?? 0
    }

    private func show(_ events: [AuditEvent]) throws {
        let lines = try events.map { options.json ? try JSONText.line(AuditRow($0)) : AuditRow($0).text }
        try Output.write(lines.map { $0 + "\n" }.joined())
    }
}

extension AuditEvent.Kind: ExpressibleByArgument {}
