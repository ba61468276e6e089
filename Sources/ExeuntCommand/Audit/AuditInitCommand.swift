internal import ArgumentParser
internal import Foundation
internal import LogoutAudit

/// The command `exeunt audit init`.
struct AuditInitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Look at a site, or at a recording of it, and print a target file for it.",
        discussion: """
            It finds the form that signs in. With AUDIT_USER and AUDIT_PASSWORD in the environment it signs in, also \
            finds the sign-out, pages that only the signed-in see and the cookies, and tries what it has written: it \
            says whether the file signs in and out. On a terminal it asks for the rest; with --yes, or without a \
            terminal, what it cannot see is in comments.

            With --har the file is made of a recording that a browser has exported ("Save all as HAR", with sensitive \
            data): a sign-in, a few pages, the sign-out. No password and no token of it gets into the file. \
            `exeunt audit record` makes the recording itself.
            """)

    @Argument(help: "Where the site begins: http://127.0.0.1:8000.")
    var url: String?

    @Option(help: ArgumentHelp("Read this recording in place of the site.", valueName: "file"))
    var har: String?

    @Option(help: ArgumentHelp("Write it into this file, which must not be there yet.", valueName: "file"))
    var output: String?

    @OptionGroup var trust: AuditTrustOptions

    @Flag(help: "Ask nothing.")
    var yes = false

    func validate() throws {
        if (url == nil) == (har == nil) {
            throw ValidationError("name the site (http://127.0.0.1:8000), or a recording of it (--har FILE)")
        }
    }

    func run() async throws {
        try TargetMaking.checkIsNew(output)
        let transport = try trust.transport()
        var making = TargetMaking(transport: transport, output: output)
        if let har {
            making.draft = try making.read(har: har)
        } else {
            making.draft = try await look(with: transport)
        }
        if !yes, Terminal.canAsk { making.ask() }
        try await making.finish()
        await transport.close()
    }

    private func look(with transport: NetworkTransport) async throws -> TargetDraft {
        guard let start = url.flatMap({ WebAddress($0) }) else {
            throw CommandFailure(
                .couldNotTry, "`\(url ?? "")` is no web address; write one such as http://127.0.0.1:8000")
        }
        let environment = ProcessInfo.processInfo.environment
        var finder = DraftFinder(
            start, user: environment["AUDIT_USER"], password: environment["AUDIT_PASSWORD"], transport: transport,
            surroundings: AuditSurroundings.live)
        do { return try await finder.find() } catch let error as WireFailure {
            throw CommandFailure(.couldNotTry, "\(start.origin) cannot be looked at: \(error)")
        }
    }
}
