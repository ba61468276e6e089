internal import ArgumentParser
internal import Exeunt

/// The command `exeunt clients set`.
struct ClientsSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change what a client is called, may do, and may lead browsers to.",
        discussion: "What is not named stays as it is; its secret stays in any case. A running server knows at once.")

    @Argument(help: "The client's id.")
    var id: String

    @Option(help: "A new name, for people.")
    var name: String?

    @Option(help: "What it may do from now on, in place of all that it could; can be given several times.")
    var scope: [Client.Scope] = []

    @Option(
        name: .customLong("post-logout-redirect-uri"),
        help: """
            Where a browser may be led after a sign-out that it asks for, exactly, in place of all such addresses that it \
            had; can be given several times.
            """)
    var postLogoutRedirectURI: [String] = []

    @Flag(name: .customLong("no-post-logout-redirect-uri"), help: "Take all such addresses away.")
    var hasNoRedirect = false

    @OptionGroup var options: CommonOptions

    private struct Answer: Encodable {
        var clientId: String
        var name: String
        var scopes: [String]
        var postLogoutRedirectUris: [String]
    }

    func validate() throws {
        guard name != nil || !scope.isEmpty || !postLogoutRedirectURI.isEmpty || hasNoRedirect else {
            throw ValidationError("say what to change: --name, --scope or --post-logout-redirect-uri")
        }
        guard !hasNoRedirect || postLogoutRedirectURI.isEmpty else {
            throw ValidationError("either some --post-logout-redirect-uri or none")
        }
    }

    func run() async throws {
        try await options.withAuthority { authority in
            let client: Client
            do throws(AuthorityError) {
                client = try await authority.changeClient(id, by: .commandLine, change)
            } catch .clientNotFound {
                throw CommandFailure(.notSo, "there is no client \(id.printable)")
            }
            try tell(client)
        }
    }

    private func change(_ client: inout Client) {
        if let name { client.name = name }
        if !scope.isEmpty { client.scopes = Set(scope) }
        if hasNoRedirect || !postLogoutRedirectURI.isEmpty { client.postLogoutRedirectURIs = postLogoutRedirectURI }
    }

    private func tell(_ client: Client) throws {
        if options.json {
            try Output.json(
                Answer(
                    clientId: client.id, name: client.name, scopes: client.scopes.map(\.rawValue).sorted(),
                    postLogoutRedirectUris: client.postLogoutRedirectURIs))
        } else {
            try Output.write("Changed \(client.id).\n")
        }
    }
}
