import Exeunt
import Foundation
import Logging
import SQLiteStore
import Synchronization
import Testing

@testable import ExeuntCommand

@Suite struct DataFolderTests {
    private let temporary: TemporaryFolder
    private let folder: DataFolder
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init() throws {
        temporary = try TemporaryFolder()
        folder = DataFolder(path: temporary.file("data"))
    }

    private var settings: Settings { get async throws { try await SettingsLoader().load() } }

    /// Does what a first start does.
    private func start() async throws {
        try folder.prepare(logger: logger)
        let store = try folder.makeStore(try await settings, logger: logger)
        defer { store.close() }
        _ = try await authority(store, isServing: true)
    }

    private func authority(_ store: any Store, isServing: Bool = false) async throws -> Authority {
        try await folder.authority(store: store, settings: settings, isServing: isServing, logger: logger)
    }

    private func examine() async throws -> [Finding] {
        let settings = try await settings
        return await Doctor(
            settings: settings, folder: folder, environment: SystemEnvironment.live, logger: logger
        ).examine()
    }

    @Test func `a new folder, with those above it, is for its owner alone`() async throws {
        let deep = DataFolder(path: temporary.file("a/b/c"))
        try deep.prepare(logger: logger)
        #expect(try temporary.mode(of: "a/b/c") == 0o700)
        try deep.prepare(logger: logger)
    }

    @Test func `a folder that no server has used is not made and not opened`() async throws {
        let settings = try await settings
        #expect(throws: CommandFailure.self) { try folder.openStore(settings, logger: logger) }
        #expect(!SmallFile.exists(folder.path))
    }

    @Test func `the first start makes the keys, and the next one finds them`() async throws {
        try await start()
        let keys = try folder.masterKey.read()
        try await start()
        #expect(try folder.masterKey.read().map(\.key) == keys.map(\.key))
        #expect(try await !examine().contains { $0.status == .problem })
    }

    @Test func `a master key that is missing is never made anew behind an operator's back`() async throws {
        try await start()
        try SmallFile.move(folder.masterKey.path, to: temporary.file("elsewhere"))
        let failure = await #expect(throws: CommandFailure.self) { try await start() }
        #expect(failure?.status == .couldNotTry && failure?.message.contains("master.key is missing") == true)
        #expect(!SmallFile.exists(folder.masterKey.path))
        #expect(try await examine().contains { $0.status == .problem && $0.check == "master key" })
    }

    @Test func `another master key opens nothing, and that is said`() async throws {
        try await start()
        try SmallFile.move(folder.masterKey.path, to: temporary.file("elsewhere"))
        try folder.masterKey.create(randomBytes: { Array(repeating: 1, count: $0) })
        let failure = await #expect(throws: CommandFailure.self) { try await start() }
        #expect(failure?.message.contains("does not open") == true)
        #expect(try await examine().contains { $0.status == .problem && $0.check == "signing keys" })
    }

    @Test func `one server at a time has the folder`() async throws {
        try folder.prepare(logger: logger)
        var lock: FolderLock? = try FolderLock(path: folder.lock)
        #expect(FolderLock.isHeld(folder.lock).isHeld)
        let failure = #expect(throws: CommandFailure.self) { try FolderLock(path: folder.lock) }
        #expect(failure?.status == .couldNotTry && failure?.message.contains("process") == true)
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(!FolderLock.isHeld(folder.lock).isHeld)
        _ = try FolderLock(path: folder.lock)
    }

    @Test func `a lock that is refused closes no file of anybody else`() async throws {
        try folder.prepare(logger: logger)
        let lock = try FolderLock(path: folder.lock)
        let path = temporary.file("other")
        try SmallFile.create(path, text: "whole")
        let isDone = Atomic(false)
        async let reading = withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var failures = 0
                while !isDone.load(ordering: .relaxed) {
                    if (try? SmallFile.read(path)) != "whole" { failures += 1 }
                }
                continuation.resume(returning: failures)
            }
        }
        for _ in 0..<5000 { #expect(throws: CommandFailure.self) { try FolderLock(path: folder.lock) } }
        isDone.store(true, ordering: .relaxed)
        #expect(await reading == 0)
        withExtendedLifetime(lock) {}
    }

    // MARK: Demo accounts

    private func demo(_ store: any Store) async throws -> [String] {
        let authority = try await authority(store)
        let hasher = PasswordHasher(log2N: 1, concurrency: 1, environment: authority.environment)
        let signIn = SignIn(
            authority: authority, hasher: hasher, throttle: SignInThrottle(), stepUp: .seconds(600))
        return try await DemoAccounts(path: folder.demoAccounts, signIn: signIn).prepare()
    }

    @Test func `demo accounts are made once, and their passwords are kept`() async throws {
        try await start()
        let store = try folder.openStore(try await settings, logger: logger)
        defer { store.close() }
        let lines = try await demo(store)
        #expect(lines.map { $0.prefix(4) } == ["ada@", "grac"])
        #expect(try await demo(store) == lines)
        #expect(try temporary.mode(of: "data/demo-accounts.txt") == 0o600)
        let kept = try SmallFile.read(folder.demoAccounts).split(separator: "\n")
        #expect(kept == lines.map { $0.replacing("  ", with: " ")[...] })
        #expect(Set(lines.map { $0.suffix(19) }).count == 2)
    }

    @Test func `a demo account that was changed since is told as such`() async throws {
        try await start()
        let store = try folder.openStore(try await settings, logger: logger)
        defer { store.close() }
        _ = try await demo(store)
        let subject = try #require(Subject("demo-ada"))
        _ = try await authority(store).store.end(
            Ending(
                .subject(subject, except: nil), reason: .emailChanged, at: SystemEnvironment.live.now(),
                revokedUntil: SystemEnvironment.live.now(), by: .commandLine,
                accountChange: .email(subject, email: "new@example.test")))
        let lines = try await demo(store)
        #expect(lines.first?.hasPrefix("new@example.test") == true && lines.first?.contains("changed since") == true)
        #expect(lines.last?.contains("changed since") == false)
    }

    @Test func `random bytes are as many as were asked for, and never the same`() {
        for count in [0, 1, 7, 8, 9, 32] { #expect(SystemEnvironment.live.randomBytes(count).count == count) }
        #expect(SystemEnvironment.live.randomBytes(32) != SystemEnvironment.live.randomBytes(32))
    }
}
