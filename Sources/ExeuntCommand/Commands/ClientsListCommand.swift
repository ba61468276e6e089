internal import ArgumentParser
internal import Exeunt

/// The command `exeunt clients list`.
struct ClientsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the clients, the oldest first.")

    @OptionGroup var options: CommonOptions

    private struct Row: Encodable {
        var clientId: String
        var name: String
        var scopes: [String]
        var postLogoutRedirectUris: [String]
        var `public`: Bool
        var createdAt: String
    }

    func run() async throws {
        try await options.withStore { store, _, _ in try show(try await store.clients()) }
    }

    private func show(_ clients: [Client]) throws {
        var table = Table("CLIENT ID", "NAME", "ADDED", "SCOPES")
        for client in clients {
            let scopes = client.scopes.map(\.rawValue).sorted()
            if options.json {
                try Output.json(
                    Row(
                        clientId: client.id, name: client.name, scopes: scopes,
                        postLogoutRedirectUris: client.postLogoutRedirectURIs, public: client.secretHash == nil,
                        createdAt: client.createdAt.text))
            } else {
                let can = client.secretHash == nil ? "(public)" : scopes.joined(separator: " ")
                table.add(client.id, client.name, client.createdAt.shortText, can)
            }
        }
        if !options.json { try Output.write(table.text) }
    }
}
