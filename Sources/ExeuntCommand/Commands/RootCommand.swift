internal import ArgumentParser

/// The command `exeunt`.
struct RootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exeunt",
        abstract: "Keeps the sessions of your apps' users, and ends them for good.",
        discussion: """
            `exeunt serve` runs the server. The other commands work on the same data folder, whether a server runs on \
            it or not.

            Exit status: 0 for success, 1 when what was looked for or checked is not so, 2 when it could not be tried. \
            With --json, lists are one JSON object a line.
            """,
        version: Program.current.version,
        subcommands: [
            ServeCommand.self, SessionsCommand.self, FollowersCommand.self, ClientsCommand.self, ReceiversCommand.self,
            DeliveriesCommand.self, ProvidersCommand.self, KeysCommand.self, LogCommand.self, MigrateCommand.self,
            DoctorCommand.self, ConfigCommand.self, AuditCommand.self,
            VersionCommand.self,
        ])
}
