internal import ArgumentParser
internal import Exeunt

/// The command `exeunt providers list`.
struct ProvidersListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the providers that are heard, the oldest first.")

    @OptionGroup var options: CommonOptions

    private struct Row: Encodable {
        var issuer: String
        var audience: String
        var jwksUri: String?
        var requiresType: Bool
        var frontChannel: Bool
        var push: Bool
        var pollEndpoint: String?
        var createdAt: String
    }

    func run() async throws {
        try await options.withStore { store, _, _ in try show(try await store.providers()) }
    }

    private func show(_ providers: [Provider]) throws {
        var table = Table("ISSUER", "AUDIENCE", "ADDED", "HEARD BY")
        for provider in providers {
            if options.json {
                try Output.json(
                    Row(
                        issuer: provider.issuer, audience: provider.audience, jwksUri: provider.jwksURI,
                        requiresType: provider.requiresType, frontChannel: provider.hasFrontChannel,
                        push: provider.pushTokenHash != nil, pollEndpoint: provider.pollEndpoint,
                        createdAt: provider.createdAt.text))
            } else {
                table.add(
                    provider.issuer, provider.audience, provider.createdAt.shortText,
                    Self.ways(of: provider).joined(separator: ", "))
            }
        }
        if !options.json { try Output.write(table.text) }
    }

    private static func ways(of provider: Provider) -> [String] {
        var ways = [provider.requiresType ? "back channel" : "back channel (untyped, too)"]
        if provider.hasFrontChannel { ways.append("front channel") }
        if provider.pushTokenHash != nil { ways.append("push") }
        if let endpoint = provider.pollEndpoint { ways.append("poll of \(endpoint)") }
        return ways
    }
}
