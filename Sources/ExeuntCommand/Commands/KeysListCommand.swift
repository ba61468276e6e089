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
        /// When it leaves the key set; nothing for the newest.
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
        let now = SystemEnvironment.live.now()
        let signer = keys.signer(at: now, until: now)
        for key in keys {
            let signs = key.id == signer?.id
            if options.json {
                try Output.json(
                    Row(
                        kid: key.id, algorithm: key.algorithm.rawValue, createdAt: key.createdAt.text,
                        retiresAt: key.retiresAt?.text, signs: signs))
            } else {
                let trusted = key.retiresAt.map { "trusted until \($0.shortText)" }
                let state = [signs ? "signs" : nil, trusted].compactMap(\.self).joined(separator: ", ")
                table.add(
                    key.id, key.algorithm.rawValue, key.createdAt.shortText, state.isEmpty ? "announced" : state)
            }
        }
        if !options.json { try Output.write(table.text) }
    }
}
