internal import ArgumentParser
internal import ExeuntHTTP
internal import Foundation
internal import LogoutAudit
internal import ServiceLifecycle
internal import UnixSignals

/// The command `exeunt audit record`.
struct AuditRecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Watch somebody sign in and out in a browser, and write a target file of it.",
        discussion: """
            It shows the application at an address of this machine. Open that in a browser, sign in, look at a few \
            pages that are only for the signed-in, and sign out; then press Ctrl-C here, or open the page that ends \
            it. Nothing goes to any host but the application's. No password and no token gets into the file; what was \
            recorded is only kept in memory.

            Where the sign-in leads to another host, record with the browser itself: exeunt audit init --har.
            """)

    @Argument(help: "Where the application is: http://127.0.0.1:8000.")
    var url: String

    @Option(help: ArgumentHelp("Write it into this file, which must not be there yet.", valueName: "file"))
    var output: String?

    @Option(
        help: ArgumentHelp("The port of this machine that it listens on; a free one by default.", valueName: "port"))
    var port = 0

    @OptionGroup var trust: AuditTrustOptions

    @Flag(help: "Ask nothing.")
    var yes = false

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port is a number from 0 to 65535") }
    }

    func run() async throws {
        guard let start = WebAddress(url), let target = WebAddress(start.origin) else {
            throw CommandFailure(.couldNotTry, "`\(url)` is no web address; write one such as http://127.0.0.1:8000")
        }
        try TargetMaking.checkIsNew(output)
        let port = try FreePort.find(ListenAddress(host: "127.0.0.1", port: port))
        let transport = try trust.transport()
        let recorder = Recorder()
        try await record(Mirror(of: target, port: port), at: start.target, with: recorder, over: transport)
        // From here on Ctrl-C means what it always does.
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
        let exchanges = recorder.exchanges
        guard !exchanges.isEmpty else {
            throw CommandFailure(.couldNotTry, "nothing was recorded: no browser came to the recorder's address")
        }
        Output.writeError("\(exchanges.count) \(exchanges.count == 1 ? "request was" : "requests were") recorded.\n")
        var making = TargetMaking(transport: transport, output: output)
        making.draft = try making.read(exchanges, from: "the recording")
        if !yes, Terminal.canAsk { making.ask() }
        try await making.finish()
        await transport.close()
    }

    /// Serves until somebody has had enough.
    private func record(
        _ mirror: Mirror, at path: String, with recorder: Recorder, over transport: NetworkTransport
    ) async throws {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let proxy = RecordingProxy(mirror: mirror, recorder: recorder, transport: transport) { end.yield() }
        let server = proxy.server {
            Output.writeError(
                """
                \(mirror.target.origin) is at \(mirror.origin)\(path)
                Sign in there, look at a few pages, and sign out. Then press Ctrl-C, or open \(mirror.origin)\(RecordingProxy.stopPath)

                """)
        }
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask { for await _ in signals { return } }
            group.addTask {
                for await _ in ends {
                    // The page that says so has to get out first.
                    try await AuditSurroundings.live.sleep(.milliseconds(300))
                    return
                }
            }
            try await group.next()
            group.cancelAll()
            do { while try await group.next() != nil {} } catch is CancellationError {}
        }
    }
}
