internal import ArgumentParser
internal import Exeunt
internal import Settlement

/// The command `exeunt receivers remove`.
struct ReceiversRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a receiver and its dead letters.")

    @Argument(help: "The receiver's id.")
    var id: String

    @OptionGroup var options: CommonOptions

    private struct Answer: Encodable {
        var removed: String
    }

    func run() async throws {
        let id = try ReceiverArgument.id(id)
        try await options.withStore { store, _, _ in
            let now = SystemEnvironment.live.now()
            guard try await store.removeReceiver(id, at: now, by: .commandLine) else { throw ReceiverArgument.none(id) }
        }
        if options.json {
            try Output.json(Answer(removed: id.description))
        } else {
            try Output.write("Removed \(id).\n")
        }
    }
}
