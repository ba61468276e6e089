internal import ArgumentParser
internal import Foundation
internal import LogoutAudit

/// The command `exeunt audit init`.
struct AuditInitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Look at a site and print a target file for it.",
        discussion: """
            It finds the form that signs in. With AUDIT_USER and AUDIT_PASSWORD in the environment it signs in, and \
            also finds the sign-out, pages that only the signed-in see, and the cookies. What it cannot see, the file \
            says in comments.
            """)

    @Argument(help: "Where the site begins: http://127.0.0.1:8000.")
    var url: String

    @Option(help: ArgumentHelp("Write it into this file, which must not be there yet.", valueName: "file"))
    var output: String?

    func run() async throws {
        guard let start = WebAddress(url) else {
            throw CommandFailure(.couldNotTry, "`\(url)` is no web address; write one such as http://127.0.0.1:8000")
        }
        let environment = ProcessInfo.processInfo.environment
        let transport = NetworkTransport()
        var finder = DraftFinder(
            start, user: environment["AUDIT_USER"], password: environment["AUDIT_PASSWORD"], transport: transport,
            surroundings: AuditSurroundings.live)
        let draft: TargetDraft
        do { draft = try await finder.find() } catch let error as WireFailure {
            throw CommandFailure(.couldNotTry, "\(start.origin) cannot be looked at: \(error)")
        }
        await transport.close()
        if let output { try SmallFile.create(output, text: draft.text) } else { try Output.write(draft.text) }
    }
}
