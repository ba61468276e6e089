internal import ArgumentParser
internal import Exeunt

/// The command `exeunt providers remove`.
struct ProvidersRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Hear a provider no longer.",
        discussion: "The sessions that it vouched for go on until they end.")

    @Argument(help: "Its issuer identifier.")
    var issuer: String

    @OptionGroup var options: CommonOptions

    private struct Answer: Encodable {
        var removed: String
    }

    func run() async throws {
        try await options.withStore { store, _, _ in
            guard try await store.removeProvider(issuer, at: SystemEnvironment.live.now(), by: .commandLine) else {
                throw CommandFailure(.notSo, "there is no provider \(issuer.printable)")
            }
        }
        if options.json {
            try Output.json(Answer(removed: issuer))
        } else {
            try Output.write("Removed \(issuer.printable).\n")
        }
    }
}
