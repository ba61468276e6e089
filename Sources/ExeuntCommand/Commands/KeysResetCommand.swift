internal import ArgumentParser
internal import Exeunt

/// The command `exeunt keys reset`.
struct KeysResetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Make a new master key and a new signing key, in place of all others.",
        discussion: """
            For a master key that is lost, or known to somebody. Every access, refresh and remember-me token made so \
            far is worthless afterwards; session cookies are not, so end everyone's sessions too if a key has leaked. \
            An old master.key is moved to master.key.old. Stop the server first.
            """)

    @Flag(help: "Yes, all tokens may go.")
    var yes = false

    @OptionGroup var options: CommonOptions

    private struct Answer: Encodable {
        var kid: String
        var masterKey: Int
        /// When a server can start; nothing for at once.
        var usableFrom: String?
    }

    func validate() throws {
        guard yes else {
            throw ValidationError(
                "all access, refresh and remember-me tokens will be worthless; say --yes if that is meant")
        }
    }

    func run() async throws {
        try await options.withStore { store, settings, folder in
            try await reset(store, folder: folder, algorithm: settings.policy(issuer: "").signingAlgorithm)
        }
    }

    private func reset(_ store: any Store, folder: DataFolder, algorithm: SigningAlgorithm) async throws {
        let lock = try FolderLock(path: folder.lock)
        defer { withExtendedLifetime(lock) {} }
        let environment = SystemEnvironment.live
        let file = folder.masterKey
        let stored = try await store.signingKeys(at: environment.now())
        // An id that is new, so that nothing made under an old key is ever tried with this one.
        let known = ((try? file.read()) ?? []).map(\.id)
        let taken = Set(stored.compactMap(\.sealed.first) + known)
        if SmallFile.exists(file.path) { try SmallFile.move(file.path, to: file.path + ".old") }
        try file.create(randomBytes: environment.randomBytes, taken: taken)
        let keyRing = try file.keyRing()
        let key = try SigningKeys.makeKey(algorithm, keyRing: keyRing, environment: environment)
        guard
            try await store.rotate(
                to: key, replacing: stored.newest?.id, previousRetireAt: key.createdAt, by: .commandLine)
        else { throw CommandFailure(.notSo, "another process has just made a new signing key; run it again") }
        // What was rotated away before stays until then, and opens no more.
        let retiring = stored.compactMap(\.retiresAt).max()
        if options.json {
            try Output.json(Answer(kid: key.id, masterKey: Int(key.sealed.first ?? 0), usableFrom: retiring?.text))
        } else {
            try Output.write("Made a new master key in \(file.path) and the signing key \(key.id).\n")
            guard let retiring else { return }
            try Output.write(
                "A server can start at \(retiring.shortText), when the last of the old keys has retired.\n")
        }
    }
}
