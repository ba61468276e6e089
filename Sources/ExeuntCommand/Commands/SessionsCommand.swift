internal import ArgumentParser

/// The command `exeunt sessions`.
struct SessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "List and end sessions.",
        subcommands: [SessionsListCommand.self, SessionsEndCommand.self])
}
