import ExeuntHummingbird
import ExeuntVerifier
import Foundation
import Hummingbird
import Logging
import ServiceLifecycle

/// A small application that lets Exeunt keep its sessions: you sign in, write notes, and sign out for real.
@main
enum NotesExample {
    static func main() async throws {
        let settings = try Settings(environment: ProcessInfo.processInfo.environment)
        var logger = Logger(label: "notes") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .notice
        let verifier = try TokenVerifier(settings.verifier, logger: logger)
        let users = Users(settings.passwords)
        var application = Application(
            router: NotesRouter(
                verifier: verifier, users: users, origins: settings.origins,
                cookies: BrowserCookies(isSecure: settings.isSecure)
            ).build(),
            configuration: .init(address: .hostname("127.0.0.1", port: settings.port)),
            // What is first here is stopped last: requests are finished while there is still a lease.
            services: [verifier],
            onServerRunning: { _ in say(#"{"event":"ready","url":"http://localhost:\#(settings.port)"}"#) },
            logger: logger)
        application.beforeServerStarts { try await verifier.untilLive() }
        say(users.announcement)
        try await application.runService()
    }

    /// Says something on standard output at once.
    private static func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }
}
