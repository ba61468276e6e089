internal import ArgumentParser
internal import Exeunt

/// The command `exeunt receivers resume`.
struct ReceiversResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Tell a receiver again that was paused, disabled, or has failed.",
        discussion: """
            A paused one hears of what ended meanwhile; a disabled one of what ends from now on. A running server heeds it \
            within seconds.
            """)

    @Argument(help: "The receiver's id.")
    var id: String

    @OptionGroup var options: CommonOptions

    func run() async throws {
        try await options.withStore { store, _, _ in
            let receiver = try await ReceiverStatus.set(.enabled, of: id, because: nil, in: store)
            try ReceiverStatus.tell(receiver, "Resumed", json: options.json)
        }
    }
}
