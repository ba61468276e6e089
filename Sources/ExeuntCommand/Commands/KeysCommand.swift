internal import ArgumentParser

/// The command `exeunt keys`.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "List and replace the keys that sign access tokens.",
        subcommands: [KeysListCommand.self, KeysRotateCommand.self, KeysResetCommand.self])
}
