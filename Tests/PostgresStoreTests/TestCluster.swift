import Foundation
import PostgresStore
import Synchronization

/// A PostgreSQL server of this test run, started at its first use and gone when the run is.
///
/// It is told where to be by `PGBIN`, the folder of `initdb` and `postgres`; Debian has it in `/usr/lib/postgresql`.
enum TestCluster {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Where the server listens: a folder with its socket.
    static let socketFolder: Result<String, Failure> = Result { () throws(Failure) in try start() }

    private static let databases = Atomic(0)

    /// The URI of a new, empty database.
    static func makeDatabase() throws -> DatabaseURI {
        let folder = try socketFolder.get()
        let name = "test_\(databases.add(1, ordering: .relaxed).newValue)"
        try run(
            "\(binaries())/psql", "--quiet", "--host", folder, "--username", "postgres", "--command",
            "CREATE DATABASE \(name)")
        let host = folder.replacingOccurrences(of: "/", with: "%2F")
        guard let uri = DatabaseURI("postgresql://postgres@/\(name)?host=\(host)") else {
            throw Failure(description: "there is no such URI")
        }
        return uri
    }

    private static func start() throws(Failure) -> String {
        let folder = "/tmp/exeunt-pg-\(ProcessInfo.processInfo.processIdentifier)"
        let bin = try binaries()
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            // The server refuses to run as root.
            if getuid() == 0 { try run("/bin/chown", "postgres", folder) }
            try asServer(
                "\(bin)/initdb", "--pgdata", "\(folder)/data", "--auth", "trust", "--username", "postgres", "--no-sync",
                "--encoding", "UTF8", "--locale", "C")
            try asServer(
                "\(bin)/pg_ctl", "--pgdata", "\(folder)/data", "--wait", "--log", "\(folder)/log", "--options",
                "-c listen_addresses= -c unix_socket_directories=\(folder) -c max_connections=500 -c shared_buffers=128MB -c fsync=off",
                "start")
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(description: "\(error)")
        }
        self.folder.withLock { $0 = folder }
        atexit { TestCluster.stop() }
        return folder
    }

    private static let folder = Mutex<String?>(nil)

    private static func stop() {
        guard let folder = folder.withLock({ $0 }), let bin = try? binaries() else { return }
        try? asServer("\(bin)/pg_ctl", "--pgdata", "\(folder)/data", "--mode", "immediate", "stop")
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func binaries() throws(Failure) -> String {
        if let named = ProcessInfo.processInfo.environment["PGBIN"] { return named }
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        guard let newest = versions.max(by: { (Int($0) ?? 0) < (Int($1) ?? 0) }) else {
            throw Failure(description: "there is no PostgreSQL server; install postgresql, or set PGBIN")
        }
        return "/usr/lib/postgresql/\(newest)/bin"
    }

    private static func asServer(_ command: String...) throws {
        let prefix = getuid() == 0 ? ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] : []
        try run(prefix + command)
    }

    private static func run(_ command: String...) throws { try run(command) }

    /// By the shell, which waits for the command alone: not for the server that it leaves behind.
    private static func run(_ command: [String]) throws {
        let words = command.map { "'" + $0.replacingOccurrences(of: "'", with: #"'\''"#) + "'" }
        let log = "/tmp/exeunt-pg-\(ProcessInfo.processInfo.processIdentifier).log"
        defer { try? FileManager.default.removeItem(atPath: log) }
        guard system("cd / && \(words.joined(separator: " ")) </dev/null >\(log) 2>&1") == 0 else {
            let said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            throw Failure(description: "\(command.joined(separator: " ")): \(said)")
        }
    }
}
