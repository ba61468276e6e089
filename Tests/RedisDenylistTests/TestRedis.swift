import Foundation
import RedisDenylist
import RedisLink
import Synchronization

/// A real Redis on a socket in a folder of its own, which a test may stop, kill and start again.
final class TestRedis: Sendable {
    let folder: URL
    private let process = Mutex<pid_t?>(nil)

    /// A running one.
    init() async throws {
        // A socket's path must be short.
        folder = URL(fileURLWithPath: "/tmp/exeunt-redis-\(UInt32.random(in: .min ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try await start()
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    var socket: String { folder.appending(path: "s").path() }
    var url: String { "unix://\(socket)" }

    /// A lease that the tests can wait for the end of; all others must not run out, however busy the machine is.
    static let shortLease: Duration = .milliseconds(1500)

    /// The terms of a mirror in it.
    func terms(prefix: String = "exeunt", lease: Duration = .seconds(120)) throws -> RedisTerms {
        guard let keys = DenylistKeys(prefix: prefix) else { throw RedisFailure.notUnderstood }
        return RedisTerms(address: try RedisAddress(url), keys: keys, lease: lease)
    }

    /// Starts it, with what its file holds, if it has saved any.
    func start() async throws {
        let arguments = [
            "redis-server", "--port", "0", "--unixsocket", socket, "--dir", folder.path(), "--save", "", "--loglevel",
            "warning", "--logfile", folder.appending(path: "log").path(),
        ]
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var id = pid_t()
        // Foundation's Process cannot be waited for on a thread of the pool.
        guard posix_spawn(&id, "/usr/bin/redis-server", nil, nil, &words, environ) == 0 else {
            throw RedisFailure.unreachable("it does not start")
        }
        let started = id
        process.withLock { $0 = started }
        while (try? ask("PING")) != .text("PONG") { try await Task.sleep(for: .milliseconds(10)) }
    }

    /// Kills it with no chance to save anything.
    func kill() {
        process.withLock { process in
            guard let id = process else { return }
            Foundation.kill(id, SIGKILL)
            waitpid(id, nil, 0)
            process = nil
        }
    }

    /// Holds it, so that it answers nobody and keeps all connections.
    func hold() { process.withLock { _ = $0.map { Foundation.kill($0, SIGSTOP) } } }
    func release() { process.withLock { _ = $0.map { Foundation.kill($0, SIGCONT) } } }

    /// Asks it something, as somebody with `redis-cli` would.
    @discardableResult
    func ask(_ words: String...) throws -> RedisReply { try ask(words) }

    @discardableResult
    func ask(_ words: [String]) throws -> RedisReply {
        try RedisConnection(RedisAddress(url), commandMilliseconds: 2000).command(words)
    }

    /// The names of all keys.
    func keys() throws -> Set<String> { Set(try ask("KEYS", "*").list?.compactMap(\.text) ?? []) }
}
