internal import ArgumentParser

/// The command `exeunt clients`.
struct ClientsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clients", abstract: "Add, change, list and remove the programs that may talk to the server door.",
        subcommands: [
            ClientsAddCommand.self, ClientsSetCommand.self, ClientsListCommand.self, ClientsRemoveCommand.self,
        ])
}
