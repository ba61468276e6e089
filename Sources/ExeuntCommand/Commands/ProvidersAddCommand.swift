internal import ArgumentParser
internal import Exeunt
internal import Foundation
internal import OutboundHTTP

/// The command `exeunt providers add`.
struct ProvidersAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Hear a provider: what it ends, ends here.",
        discussion: """
            Its logout tokens are heard at /backchannel-logout from then on, by a running server, too. Its keys are \
            fetched from --jwks-uri, or else from where the metadata under its issuer says.

            With --push it gets a bearer token to push security events with, to /ssf/events. The token is printed this \
            once; the database has only its hash.
            """)

    @Argument(help: "Its issuer identifier, exactly as its tokens have it.")
    var issuer: String

    @Option(help: ArgumentHelp("Who we are there: the client id in its tokens' aud.", valueName: "client-id"))
    var audience: String

    @Option(help: ArgumentHelp("Where its keys are.", valueName: "url"))
    var jwksUri: String?

    @Flag(help: "Also accept logout tokens whose type is not logout+jwt, from a provider that leaves it out.")
    var acceptUntyped = false

    @Flag(
        help: "Also hear its front channel: a GET to /frontchannel-logout, which whoever knows a session's id can make."
    )
    var frontChannel = false

    @Flag(help: "Print a bearer token that it can push security events with.")
    var push = false

    @Option(help: ArgumentHelp("Where to fetch its security events.", valueName: "url"))
    var pollEndpoint: String?

    @Option(
        help: ArgumentHelp("The file with the bearer token to fetch them with.", valueName: "file"),
        completion: .file())
    var pollTokenFile: String?

    @OptionGroup var options: CommonOptions

    private struct Answer: Encodable {
        var issuer: String
        var audience: String
        var pushToken: String?
    }

    func validate() throws {
        guard (pollEndpoint == nil) == (pollTokenFile == nil) else {
            throw ValidationError("--poll-endpoint and --poll-token-file go together")
        }
    }

    func run() async throws {
        var registration = ProviderRegistration(issuer: issuer, audience: audience)
        registration.jwksURI = jwksUri
        registration.requiresType = !acceptUntyped
        registration.hasFrontChannel = frontChannel
        registration.pushes = push
        if let pollEndpoint, let pollTokenFile {
            registration.poll = .init(endpoint: pollEndpoint, token: try Self.token(in: pollTokenFile))
        }
        let (settings, folder, logger) = try await options.load()
        let store = try folder.openStore(settings, logger: logger)
        defer { store.close() }
        let authority = try await folder.authority(store: store, settings: settings, logger: logger)
        let http = try settings.outgoingHTTP()
        let new: Authority.NewProvider
        do {
            new = try await authority.addProvider(registration, reachedBy: http, by: .commandLine)
        } catch {
            await http.close()
            guard error == .alreadyExists else { throw error }
            throw CommandFailure(.notSo, "the provider \(issuer.printable) is there already; remove it first")
        }
        await http.close()
        try tell(new)
    }

    private static func token(in path: String) throws -> String {
        try SmallFile.read(path, isSecret: true).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func tell(_ new: Authority.NewProvider) throws {
        let answer = Answer(
            issuer: new.provider.issuer, audience: new.provider.audience, pushToken: new.pushToken?.revealed)
        if options.json {
            try Output.json(answer)
        } else {
            try Output.write("Hearing \(answer.issuer.printable).\n")
            guard let token = answer.pushToken else { return }
            try Output.write("\npush_token  \(token)\n\nThis token is shown now and never again.\n")
        }
    }
}
