internal import ArgumentParser
internal import Exeunt
internal import Settlement

/// The command `exeunt sessions list`.
struct SessionsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the live sessions, the newest first.")

    @Option(help: "Only those of this subject.")
    var subject: String?

    @Option(help: "At most so many.")
    var limit: Int?

    @OptionGroup var options: CommonOptions

    private struct Row: Encodable {
        var id: String
        var subject: String
        var clientId: String
        var createdAt: String
        var lastActiveAt: String
        var expiresAt: String
        var remembered: Bool
        var userAgent: String?
        var address: String?
        var label: String?
    }

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more") }
    }

    func run() async throws {
        let subject = try subject.map { try SubjectArgument.subject($0) }
        try await options.withStore { store, _, _ in try await show(subject, from: store) }
    }

    private func show(_ subject: Subject?, from store: any Store) async throws {
        var table = Table("ID", "SUBJECT", "CLIENT", "OPENED", "LAST ACTIVE", "FROM", "DEVICE")
        var left = limit ?? .max
        var after: String?
        repeat {
            let page = try await store.sessions(
                of: subject, after: after, limit: min(left, Limits.sessionsPerPage), at: SystemEnvironment.live.now())
            left -= page.sessions.count
            after = page.next
            if options.json {
                try Output.write(page.sessions.map { try JSONText.line(Self.row(of: $0)) + "\n" }.joined())
            } else {
                page.sessions.forEach { Self.add($0, to: &table) }
            }
        } while after != nil && left > 0
        if !options.json { try Output.write(table.text) }
    }

    private static func row(of session: Session) -> Row {
        Row(
            id: session.id.description, subject: session.subject.name, clientId: session.clientID,
            createdAt: session.createdAt.text, lastActiveAt: session.lastActiveAt.text,
            expiresAt: session.expiresAt.text, remembered: session.rememberedLogin != nil,
            userAgent: session.device.userAgent, address: session.device.address, label: session.device.label)
    }

    private static func add(_ session: Session, to table: inout Table) {
        table.add(
            session.id.description, session.subject.name, session.clientID, session.createdAt.shortText,
            session.lastActiveAt.shortText, session.device.address ?? "-",
            session.device.label ?? session.device.userAgent ?? "-")
    }
}
