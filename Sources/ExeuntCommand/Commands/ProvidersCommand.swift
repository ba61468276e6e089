internal import ArgumentParser

/// The command `exeunt providers`.
struct ProvidersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "providers", abstract: "Add, list and remove the providers whose sign-outs end our sessions.",
        subcommands: [ProvidersAddCommand.self, ProvidersListCommand.self, ProvidersRemoveCommand.self])
}
