internal import ArgumentParser
internal import Exeunt

/// The command `exeunt receivers pause`.
struct ReceiversPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Send nothing to a receiver for a while.",
        discussion: """
            What ends meanwhile is kept for it, for as long as outbox.event_life_seconds says. A running server heeds it \
            within seconds.
            """)

    @Argument(help: "The receiver's id.")
    var id: String

    @Option(help: "Why, for whoever finds it paused.")
    var reason: String?

    @OptionGroup var options: CommonOptions

    func run() async throws {
        try await options.withStore { store, _, _ in
            let receiver = try await ReceiverStatus.set(.paused, of: id, because: reason, in: store)
            try ReceiverStatus.tell(receiver, "Paused", json: options.json)
        }
    }
}
