internal import ArgumentParser
internal import Exeunt

/// The command `exeunt clients add`.
struct ClientsAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a client and print its id and secret.",
        discussion: """
            The secret is printed this once; the database has only its hash. A running server knows the client at once.

            Scopes: sessions (open, list and end sessions), introspect (ask whether a token is good), feed (follow the \
            log of revocations), streams (be told of sessions that end, by streams of security events), admin (everything \
            of sessions, and end everyone's).
            """)

    @Argument(help: "A name, for people.")
    var name: String

    @Option(help: "What it may do; can be given several times.")
    var scope: [Client.Scope] = []

    @Option(
        name: .customLong("post-logout-redirect-uri"),
        help: "Where a browser may be led after a sign-out that it asks for, exactly; can be given several times.")
    var postLogoutRedirectURI: [String] = []

    @Flag(name: .customLong("public"), help: "A client that can keep no secret; it can have no scope.")
    var isPublic = false

    @OptionGroup var options: CommonOptions

    private struct Answer: Encodable {
        var clientId: String
        var clientSecret: String?
        var name: String
        var scopes: [String]
        var postLogoutRedirectUris: [String]
    }

    func validate() throws {
        guard isPublic || !scope.isEmpty else {
            throw ValidationError("name at least one --scope (sessions, introspect, feed, streams, admin), or --public")
        }
        guard !isPublic || scope.isEmpty else { throw ValidationError("a --public client can have no --scope") }
    }

    func run() async throws {
        try await options.withAuthority { authority in
            try tell(
                try await authority.addClient(
                    name: name, scopes: Set(scope), isPublic: isPublic, postLogoutRedirectURIs: postLogoutRedirectURI,
                    by: .commandLine))
        }
    }

    private func tell(_ new: Authority.NewClient) throws {
        let answer = Answer(
            clientId: new.client.id, clientSecret: new.secret?.revealed, name: new.client.name,
            scopes: new.client.scopes.map(\.rawValue).sorted(),
            postLogoutRedirectUris: new.client.postLogoutRedirectURIs)
        if options.json {
            try Output.json(answer)
        } else {
            try Output.write("client_id      \(answer.clientId)\n")
            guard let secret = answer.clientSecret else { return }
            try Output.write("client_secret  \(secret)\n\nThis secret is shown now and never again.\n")
        }
    }
}

extension Client.Scope: ExpressibleByArgument {}
