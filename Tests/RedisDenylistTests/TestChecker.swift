import Foundation
import RedisLink
import Settlement
import Synchronization

/// An application that asks Redis, as docs/redis.md tells it to.
struct TestChecker {
    enum Verdict: Hashable, Sendable { case accepted, refused, unknown }

    let redis: TestRedis
    var keys = DenylistKeys(prefix: "exeunt")

    /// What it makes of a token.
    func check(_ claims: TokenClaims) -> Verdict {
        guard let keys, let address = try? RedisAddress(redis.url),
            let connection = try? RedisConnection(address, commandMilliseconds: 5000),
            let run = try? RedisRun.name(connection), let reply = try? connection.command(keys.check(claims)),
            let answer = try? DenylistAnswer(reply), answer.run == run
        else { return .unknown }
        return answer.isOver(claims) ? .refused : .accepted
    }

    /// Checks a token on a thread of its own, again and again while `body` runs, and says what came of it.
    func hammer(_ claims: TokenClaims, while body: () async throws -> Void) async throws -> [Verdict: Int] {
        let tally = Tally()
        async let ended: Void = withCheckedContinuation { continuation in
            Thread.detachNewThread {
                while tally.goesOn { tally.add(check(claims)) }
                continuation.resume()
            }
        }
        defer { tally.stop() }
        try await body()
        tally.stop()
        await ended
        return tally.counts
    }

    private final class Tally: Sendable {
        private let state = Mutex((counts: [Verdict: Int](), goesOn: true))

        var goesOn: Bool { state.withLock { $0.goesOn } }
        var counts: [Verdict: Int] { state.withLock { $0.counts } }

        func add(_ verdict: Verdict) { state.withLock { $0.counts[verdict, default: 0] += 1 } }
        func stop() { state.withLock { $0.goesOn = false } }
    }
}

extension TokenClaims {
    /// A token of a session of somebody's.
    static func test(
        _ number: UInt64, session: UInt64? = nil, subject: String = "ada", version: UInt64 = 1, epoch: UInt64 = 1
    ) -> TokenClaims {
        TokenClaims(
            token: Identifier(high: 1, low: number), session: Identifier(high: 2, low: session ?? number),
            subject: subject, version: version, epoch: epoch)
    }
}
