internal import ArgumentParser

/// The command `exeunt version`.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Show the version.")

    @OptionGroup var options: CommonOptions

    private struct Answer: Encodable {
        var version: String
    }

    func run() throws {
        if options.json {
            try Output.json(Answer(version: Program.current.version))
        } else {
            try Output.write(Program.current.version + "\n")
        }
    }
}
