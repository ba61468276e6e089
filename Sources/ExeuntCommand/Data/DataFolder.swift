internal import Exeunt
internal import ExeuntHTTP
internal import Foundation
internal import Logging
internal import PostgresStore
internal import SQLiteStore

/// The folder with everything that a server keeps.
struct DataFolder: Sendable {
    let path: String

    var database: String { file("exeunt.sqlite") }
    var masterKey: MasterKeyFile { MasterKeyFile(path: file("master.key")) }
    var demoAccounts: String { file("demo-accounts.txt") }
    var controlSocket: String { file("control.sock") }
    var lock: String { file("exeunt.lock") }
    var highWaterMark: HighWaterMark { HighWaterMark(path: file("high-water-mark.json")) }

    func file(_ name: String) -> String { path.hasSuffix("/") ? path + name : "\(path)/\(name)" }

    /// Makes the folder, for its owner alone, when there is none.
    func prepare(logger: Logger) throws(CommandFailure) {
        guard let status = FileStatus(path: path) else { return try make() }
        guard status.kind == .folder else { throw CommandFailure(.couldNotTry, "\(path) is no folder") }
        if status.isOpenToOthers {
            logger.warning(
                "others can look into the data folder", metadata: ["path": "\(path)", "mode": "\(status.modeText)"])
        }
    }

    private func make() throws(CommandFailure) {
        for (index, character) in zip(path.indices, path) where character == "/" && index != path.startIndex {
            let above = String(path[..<index])
            guard SmallFile.exists(above) || mkdir(above, 0o755) == 0 else {
                throw .system("cannot make the folder \(above)", code: errno)
            }
        }
        // A path that ends in a slash has been made as one of those above; its mode is set in any case.
        guard SmallFile.exists(path) || mkdir(path, 0o700) == 0, chmod(path, 0o700) == 0 else {
            throw .system("cannot make the data folder \(path)", code: errno)
        }
    }

    /// Opens the database of a folder that a server has used before.
    ///
    /// Throws when there is none: no command but `serve` makes one.
    func openStore(_ settings: Settings, logger: Logger) throws -> any Store {
        guard SmallFile.exists(path) else {
            throw CommandFailure(.couldNotTry, "there is no data folder at \(path); --data names another")
        }
        guard settings.database != nil || SmallFile.exists(database) else {
            throw CommandFailure(
                .couldNotTry, "there is no database in \(path); `exeunt serve` makes one, --data names another folder")
        }
        return try makeStore(settings, logger: logger)
    }

    /// Opens the database, making it when there is none.
    func makeStore(_ settings: Settings, logger: Logger) throws(AuthorityError) -> any Store {
        if let database = settings.database {
            return try PostgresStore(uri: database, schema: Program.current.schema)
        }
        return try SQLiteStore(path: database, logger: logger)
    }

    /// The master keys; with `making`, a first one is made for a folder that has no keys at all.
    ///
    /// Throws when the file is missing and signing keys are there: they would be lost, which is for a person to decide.
    func keyRing(for store: some SigningKeyStore, making: Bool, environment: Exeunt.Environment) async throws -> KeyRing
    {
        guard !SmallFile.exists(masterKey.path) else { return try masterKey.keyRing() }
        guard try await store.signingKeys(at: environment.now()).isEmpty else {
            throw CommandFailure(
                .couldNotTry,
                """
                \(masterKey.path) is missing, and the signing keys in the database open with nothing else; put it back \
                from its backup. If it is lost: `exeunt keys reset` makes new keys, and every token made so far is \
                worthless then
                """)
        }
        guard making else {
            throw CommandFailure(
                .couldNotTry, "\(masterKey.path) is missing; `exeunt serve` makes it at its first start")
        }
        try masterKey.create(randomBytes: environment.randomBytes)
        return try masterKey.keyRing()
    }

    /// The authority over this folder; with `isServing`, one that verifiers may follow, in a folder that may be new.
    func authority(
        store: any Store, settings: Settings, issuer: String? = nil, isServing: Bool = false, logger: Logger
    ) async throws -> Authority {
        let environment = SystemEnvironment.live
        let issuer = issuer ?? settings.publicURL(port: settings.listen.port)?.origin ?? ""
        let policy = settings.policy(issuer: issuer)
        let keyRing = try await keyRing(for: store, making: isServing, environment: environment)
        let signingKeys: SigningKeys
        do throws(AuthorityError) {
            signingKeys = try await SigningKeys(
                store: store, keyRing: keyRing, algorithm: policy.signingAlgorithm, environment: environment)
        } catch {
            guard case .corrupted(let problem) = error else { throw error }
            throw CommandFailure(.couldNotTry, "\(problem) (\(masterKey.path))")
        }
        var followers: Followers?
        if isServing {
            try await store.note(
                tokenReach: policy.lifetime.accessToken + Limits.clockSkew, at: environment.now())
            followers = try await Followers(
                store: store, terms: settings.leases, environment: environment, clock: ContinuousClock(),
                keysVersion: { signingKeys.version })
        }
        return Authority(
            store: store, keyRing: keyRing, signingKeys: signingKeys, policy: policy, environment: environment,
            logger: logger, followers: followers)
    }
}
