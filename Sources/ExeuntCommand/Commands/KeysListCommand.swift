internal import ArgumentParser
internal import Exeunt

/// The command `exeunt keys list`.
struct KeysListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the signing keys that are trusted, the oldest first.")

    @OptionGroup var options: CommonOptions

    private struct Row: Encodable {
        var kid: String
        var algorithm: String
        var createdAt: String
        /// When it leaves the key set; nothing while it signs.
        var retiresAt: String?
        var signs: Bool
    }

    func run() async throws {
        try await options.withStore { store, _, _ in
            try show(try await store.signingKeys(at: SystemEnvironment.live.now()))
        }
    }

    private func show(_ keys: [StoredSigningKey]) throws {
        var table = Table("KID", "ALGORITHM", "MADE", "STATE")
        for key in keys {
            if options.json {
                try Output.json(
                    Row(
                        kid: key.id, algorithm: key.algorithm.rawValue, createdAt: key.createdAt.text,
                        retiresAt: key.retiresAt?.text, signs: key.retiresAt == nil))
            } else {
                let state = key.retiresAt.map { "trusted until \($0.shortText)" } ?? "signs"
                table.add(key.id, key.algorithm.rawValue, key.createdAt.shortText, state)
            }
        }
        if !options.json { try Output.write(table.text) }
    }
}
