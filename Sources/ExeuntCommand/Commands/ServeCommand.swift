internal import ArgumentParser
internal import ExeuntHTTP

/// The command `exeunt serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the server.",
        discussion: """
            Once it answers, it prints {"event":"ready","url":"…"} on standard output; its log goes to standard error. \
            SIGTERM and SIGINT let it finish what it does and exit with 0.

            Every setting can come from the configuration file or the environment: the key session.when_full is \
            EXEUNT_SESSION_WHEN_FULL there. `exeunt config --reference` lists all keys, `exeunt config` what is in \
            force.
            """)

    @Option(
        help: ArgumentHelp(
            "Where to listen; port 0 picks a free one. (default: 127.0.0.1:8080)", valueName: "host:port"))
    var listen: String?

    @Flag(help: "Make two demo accounts and print their passwords at each start.")
    var demo = false

    @Flag(help: "Write the log as JSON, an object a line.")
    var json = false

    @OptionGroup var folder: FolderOptions

    func run() async throws {
        var loader = folder.loader
        if let listen { loader.options[.listen] = ("--listen", listen) }
        let settings = try await loader.load()
        let logger = Log.make(level: settings.logLevel, json: json)
        try await Server(settings: settings, withDemo: demo, logger: logger).run()
    }
}
