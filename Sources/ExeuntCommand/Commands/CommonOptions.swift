internal import ArgumentParser
internal import Exeunt
internal import Logging

/// What every command that works on a data folder takes.
struct CommonOptions: ParsableArguments {
    @OptionGroup var folder: FolderOptions

    @Flag(help: "Print JSON.")
    var json = false

    /// What is set, and the folder that it names.
    func load() async throws -> (settings: Settings, folder: DataFolder, logger: Logger) {
        let settings = try await folder.loader.load()
        // A command tells its own failures; only what nobody else would tell goes to the log.
        let logger = Log.make(level: .warning, json: false)
        return (settings, DataFolder(path: settings.text(.data)), logger)
    }

    /// Does something with the store of a folder that a server has used before.
    func withStore(_ body: (any Store, Settings, DataFolder) async throws -> Void) async throws {
        let (settings, folder, logger) = try await load()
        let store = try folder.openStore(settings, logger: logger)
        defer { store.close() }
        try await body(store, settings, folder)
    }

    /// Does something with the authority over such a folder.
    func withAuthority(_ body: (Authority) async throws -> Void) async throws {
        let (settings, folder, logger) = try await load()
        let store = try folder.openStore(settings, logger: logger)
        defer { store.close() }
        try await body(try await folder.authority(store: store, settings: settings, logger: logger))
    }
}
