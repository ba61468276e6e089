internal import ArgumentParser
internal import Exeunt
internal import Logging
internal import PostgresStore
internal import SQLiteStore
internal import Synchronization

/// The command `exeunt migrate`.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Move everything from SQLite to PostgreSQL.",
        discussion: """
            Stop the server first. Everything is copied and then compared, row by row; no session is lost and none is \
            brought back. It can be broken off at any time: run it again, and it goes on where it was. No server \
            starts on the PostgreSQL database before it is whole. In the end the SQLite file is renamed, so that no \
            server starts on the past by mistake; the master key stays where it is and is needed as before.
            """)

    @Option(help: ArgumentHelp("The data folder that it is in now, or the file.", valueName: "sqlite:path"))
    var from: String

    @Option(help: ArgumentHelp("The database that it goes to, which must be new.", valueName: "postgres://…"))
    var to: String

    @Flag(help: "Print JSON.")
    var json = false

    private struct Report: Encodable {
        struct Table: Encodable {
            var table: String
            var rows: Int
            var sha256: String
        }

        var tables: [Table]
        var movedTo: String
    }

    private static let scheme = "sqlite:"

    func validate() throws {
        guard from.hasPrefix(Self.scheme), from.count > Self.scheme.count else {
            throw ValidationError("--from takes sqlite: and a path, such as sqlite:/var/lib/exeunt")
        }
        guard DatabaseURI(to) != nil else { throw ValidationError("--to takes \(DatabaseURI.expectation)") }
    }

    func run() async throws {
        guard let uri = DatabaseURI(to) else { return }
        let folder = try folder()
        let lock = try FolderLock(path: folder.lock)
        defer { withExtendedLifetime(lock) {} }
        let file = folder.database
        let moved = file + ".moved"
        guard SmallFile.exists(file) else {
            let hint = SmallFile.exists(moved) ? "; \(moved) has been moved already" : ""
            throw CommandFailure(.couldNotTry, "there is no database at \(file)\(hint)")
        }
        let compared = try await transfer(from: file, to: uri)
        try SmallFile.move(file, to: moved)
        try report(compared, to: uri, moved: moved)
    }

    private func folder() throws -> DataFolder {
        var path = String(from.dropFirst(Self.scheme.count))
        if path.hasPrefix("//") { path.removeFirst(2) }
        let name = "/exeunt.sqlite"
        if path.hasSuffix(name) { path.removeLast(name.count) }
        guard SmallFile.exists(path) else { throw CommandFailure(.couldNotTry, "there is no data folder at \(path)") }
        return DataFolder(path: path)
    }

    private func transfer(from file: String, to uri: DatabaseURI) async throws -> [Transfer.Compared] {
        let source = try SQLiteStore(path: file, logger: Log.make(level: .warning, json: false))
        defer { source.close() }
        let target: PostgresStore
        do throws(AuthorityError) {
            target = try PostgresStore(uri: uri, filling: true, schema: Program.current.schema)
        } catch {
            throw CommandFailure(.couldNotTry, "\(uri): \(CommandFailure(error).message)")
        }
        defer { target.close() }
        let transfer = Transfer(from: source, named: file, to: target)
        let isQuiet = json
        do {
            return try await transfer.run { progress in
                if !isQuiet { try Output.write(Self.line(progress)) }
            }
        } catch AuthorityError.invalidArgument(let problem) {
            throw CommandFailure(.couldNotTry, "\(uri) cannot be filled: \(problem)")
        } catch AuthorityError.corrupted(let problem) {
            throw CommandFailure(.notSo, "\(problem); nothing has been moved")
        }
    }

    private static func line(_ progress: Transfer.Progress) -> String {
        switch progress.step {
        case .copied: "copied    \(progress.table): \(progress.rows) of \(progress.total)\n"
        case .compared: "the same  \(progress.table): \(progress.rows)\n"
        }
    }

    private func report(_ compared: [Transfer.Compared], to uri: DatabaseURI, moved: String) throws {
        if json {
            try Output.json(
                Report(
                    tables: compared.map { Report.Table(table: $0.table, rows: $0.rows, sha256: $0.digest) },
                    movedTo: moved))
        } else {
            try Output.write(
                """
                Everything is in \(uri). Set `database` to it and start the server.
                The file is \(moved) now; delete it when you are sure.

                """)
        }
    }
}
