internal import ArgumentParser
internal import Exeunt

/// The command `exeunt clients remove`.
struct ClientsRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a client.",
        discussion: "It is refused from then on. The sessions that it opened go on until they end.")

    @Argument(help: "The client's id.")
    var id: String

    @OptionGroup var options: CommonOptions

    private struct Answer: Encodable {
        var removed: String
    }

    func run() async throws {
        try await options.withStore { store, _, _ in
            guard try await store.removeClient(id, at: SystemEnvironment.live.now(), by: .commandLine) else {
                throw CommandFailure(.notSo, "there is no client \(id.printable)")
            }
        }
        if options.json {
            try Output.json(Answer(removed: id))
        } else {
            try Output.write("Removed \(id).\n")
        }
    }
}
