internal import ArgumentParser
internal import LogoutAudit

/// The command `exeunt audit probes`.
struct AuditProbesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "probes", abstract: "List what is tried.")

    @Flag(help: "Print JSON.")
    var json = false

    private struct Row: Encodable {
        var id, title, group: String
        var clauses: [String]
        var severity: String
    }

    func run() throws {
        let rows = ProbeCatalog.all.map {
            Row(
                id: $0.id, title: $0.title, group: $0.group.rawValue, clauses: $0.clauses,
                severity: $0.severity.rawValue)
        }
        if json { return try Output.json(rows) }
        var table = Table("PROBE", "SEVERITY", "WHAT IS SO WHERE IT PASSES", "CLAUSES")
        for row in rows { table.add(row.id, row.severity, row.title, row.clauses.joined(separator: ", ")) }
        try Output.write(table.text)
    }
}
