internal import ArgumentParser

/// The command `exeunt receivers`.
struct ReceiversCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receivers", abstract: "Add, list, pause and remove those who are told of sessions that end.",
        subcommands: [
            ReceiversAddCommand.self, ReceiversListCommand.self, ReceiversPauseCommand.self,
            ReceiversResumeCommand.self, ReceiversRemoveCommand.self,
        ])
}
