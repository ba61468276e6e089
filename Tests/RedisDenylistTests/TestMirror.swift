import Exeunt
import Foundation
import RedisDenylist
import RedisLink
import ServiceLifecycle
import Settlement
import Testing

/// A mirror that runs as in a server, until the test lets it go.
final class TestMirror: Sendable {
    let mirror: RedisDenylist
    let heard = HeardLog()
    private let task: Task<Void, any Error>

    init(_ log: TestLog, _ terms: RedisTerms, keysVersion: String = "k1", clockAhead: Int64 = 0) {
        let mirror = RedisDenylist(
            terms, log: log, environment: Self.environment(ahead: clockAhead), clock: ContinuousClock(),
            keysVersion: { keysVersion }, logger: heard.logger)
        self.mirror = mirror
        task = Task { try await mirror.run() }
    }

    deinit { task.cancel() }

    /// Stops it, as the end of its process does.
    func stop() async {
        task.cancel()
        _ = try? await task.value
    }

    /// Waits until a record is in Redis.
    func untilDelivered(_ seq: UInt64) async throws {
        while await mirror.deliver(through: seq, patience: .untilSettled) != .done {
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    func untilConnected(_ isConnected: Bool = true) async throws {
        while mirror.status.isConnected != isConnected { try await Task.sleep(for: .milliseconds(5)) }
    }

    static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    private static func environment(ahead: Int64) -> Exeunt.Environment {
        Exeunt.Environment(
            now: { Timestamp(milliseconds: now() + ahead) },
            moment: { Moment(milliseconds: Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000)) },
            randomBytes: { count in (0..<count).map { _ in UInt8.random(in: .min ... .max) } })
    }
}
