internal import ArgumentParser

/// The command `exeunt audit`.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Prove what a sign-out really does, on any web application.",
        discussion: """
            `exeunt audit target.yaml` signs in to a web application as the file says, signs out, and tries what still \
            works. It needs nothing in the application.

            Audit only what you may audit. Nothing is sent to any host but those of the file.
            """,
        subcommands: [AuditRunCommand.self, AuditInitCommand.self, AuditRecordCommand.self, AuditProbesCommand.self],
        defaultSubcommand: AuditRunCommand.self)
}
