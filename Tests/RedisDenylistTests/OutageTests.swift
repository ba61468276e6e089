import Exeunt
import Foundation
import Logging
import RedisLink
import Settlement
import Testing

@testable import RedisDenylist

/// What becomes of the mirror when Redis is killed, emptied, set back, held up or left alone.
@Suite(.serialized, .timeLimit(.minutes(5))) struct OutageTests {
    private let log = TestLog()
    private let soon = TestMirror.now() + 900_000
    private let token = TokenClaims.test(7)

    @Test func `while Redis is down nobody waits for it, and once it is back all of it is there`() async throws {
        let redis = try await TestRedis()
        let mirror = try TestMirror(log, redis.terms(lease: TestRedis.shortLease))
        try await mirror.untilDelivered(log.end(.session(token.session), until: soon))
        redis.kill()
        let first = log.end(.session(Identifier(high: 2, low: 100)), until: soon)
        let before = TestMirror.now()
        let pending = await mirror.mirror.deliver(through: first, patience: .untilSettled)
        guard case .pending(let moment) = pending else {
            Issue.record("it says \(pending)")
            return
        }
        #expect((before + 3500...TestMirror.now() + 3500).contains(moment.milliseconds))
        try await mirror.untilConnected(false)
        // A hundred that each waited for Redis would take minutes.
        let began = ContinuousClock.now
        var last: UInt64 = 0
        for number in UInt64(101)...200 {
            last = log.end(.session(Identifier(high: 2, low: number)), until: soon)
            #expect(await mirror.mirror.deliver(through: last, patience: .untilSettled) != .done)
        }
        #expect(ContinuousClock.now - began < .seconds(60))
        #expect(mirror.mirror.status.lag > 0)
        try await redis.start()
        try await mirror.untilDelivered(last)
        for number in [7] + Array(UInt64(100)...200) {
            #expect(try redis.ask("EXISTS", "{exeunt:1}:session:\(Identifier(high: 2, low: number))") == .integer(1))
        }
        #expect(mirror.mirror.status.lag == 0 && mirror.mirror.status.isConnected)
        #expect(mirror.heard.count(of: .warning) == 1, "\(mirror.heard.text)")
        #expect(mirror.heard.count(of: .notice) == 2, "\(mirror.heard.text)")
        await mirror.stop()
    }

    @Test func `a Redis that hangs is given up after a moment`() async throws {
        let redis = try await TestRedis()
        let mirror = try TestMirror(log, redis.terms(lease: TestRedis.shortLease))
        try await mirror.untilDelivered(log.end(.session(token.session), until: soon))
        redis.hold()
        let last = log.end(.session(Identifier(high: 2, low: 100)), until: soon)
        // Both return although it hangs on: the one by its own patience, the other because Redis is given up.
        #expect(await mirror.mirror.deliver(through: last, patience: .atMost(.milliseconds(100))) != .done)
        #expect(await mirror.mirror.deliver(through: last, patience: .untilSettled) != .done)
        redis.release()
        try await mirror.untilDelivered(last)
        await mirror.stop()
    }

    @Test func `whoever asks accepts nothing that was ended, whatever happens to Redis`() async throws {
        let redis = try await TestRedis()
        let mirror = try TestMirror(log, redis.terms(lease: .seconds(20)))
        let checker = TestChecker(redis: redis)
        try await mirror.untilDelivered(log.end(.session(Identifier(high: 2, low: 1)), until: soon))
        #expect(checker.check(token) == .accepted)
        try redis.ask("SAVE")
        try await mirror.untilDelivered(log.end(.session(token.session), until: soon))
        let verdicts = try await checker.hammer(token) {
            for _ in 0..<3 {
                try redis.ask("FLUSHALL")
                try await mirror.untilDelivered(log.end(.session(Identifier(high: 2, low: 1)), until: soon))
                // It comes back with a file in which somebody vouches, and that lacks the record.
                redis.kill()
                try await redis.start()
                try await Task.sleep(for: .milliseconds(50))
                try await mirror.untilDelivered(log.end(.session(Identifier(high: 2, low: 1)), until: soon))
            }
        }
        #expect(verdicts[.accepted] == nil && verdicts[.refused, default: 0] > 10, "\(verdicts)")
        #expect(checker.check(token) == .refused && checker.check(.test(8)) == .accepted)
        await mirror.stop()
    }

    @Test func `without its authority a mirror is soon believed no more, and with it it is again`() async throws {
        let redis = try await TestRedis()
        let checker = TestChecker(redis: redis)
        let first = try TestMirror(log, redis.terms(lease: .seconds(8)))
        try await first.untilDelivered(log.end(.session(token.session), until: soon))
        #expect(checker.check(.test(8)) == .accepted)
        await first.stop()
        try await Task.sleep(for: .milliseconds(8100))
        #expect(checker.check(.test(8)) == .unknown && checker.check(token) == .unknown)
        let second = try TestMirror(log, redis.terms())
        try await second.untilConnected()
        #expect(checker.check(.test(8)) == .accepted && checker.check(token) == .refused)
        await second.stop()
    }

    @Test func `while its authority runs a mirror is believed without a break`() async throws {
        let redis = try await TestRedis()
        // Long enough to outlast a moment in which a busy machine runs nothing of ours, and short enough to run out meanwhile.
        let mirror = try TestMirror(log, redis.terms(lease: .seconds(8)))
        try await mirror.untilConnected()
        let verdicts = try await TestChecker(redis: redis).hammer(token) { try await Task.sleep(for: .seconds(12)) }
        #expect(verdicts[.unknown] == nil && verdicts[.accepted, default: 0] > 100, "\(verdicts)")
        await mirror.stop()
    }

    @Test func `a log that was set back to a backup and went on otherwise is mirrored whole`() async throws {
        let redis = try await TestRedis()
        let first = try TestMirror(log, redis.terms())
        for number in UInt64(1)...5 { log.end(.session(Identifier(high: 2, low: number)), until: soon, at: 1) }
        try await first.untilDelivered(5)
        await first.stop()
        log.restore(to: 2)
        for number in UInt64(11)...14 { log.end(.session(Identifier(high: 2, low: number)), until: soon, at: 2) }
        let second = try TestMirror(log, redis.terms())
        try await second.untilDelivered(6)
        let checker = TestChecker(redis: redis)
        for number in [UInt64](1...5) + [UInt64](11...14) { #expect(checker.check(.test(number)) == .refused) }
        #expect(checker.check(.test(20)) == .accepted)
        await second.stop()
        log.restore(to: 1)
        let third = try TestMirror(log, redis.terms())
        try await third.untilConnected()
        #expect(try redis.ask("HGET", "{exeunt:1}:head", "seq") == .text("1"))
        await third.stop()
    }

    @Test func `nobody vouches for a Redis whose clock is wrong`() async throws {
        let redis = try await TestRedis()
        let mirror = try TestMirror(log, redis.terms(), clockAhead: 5000)
        let last = log.end(.session(token.session), until: soon)
        #expect(await mirror.mirror.deliver(through: last, patience: .untilSettled) != .done)
        #expect(try redis.keys().isEmpty)
        #expect(mirror.heard.text.contains("ms behind"), "\(mirror.heard.text)")
        await mirror.stop()
    }

    @Test func `a Redis that may throw records away is complained of`() async throws {
        let redis = try await TestRedis()
        try redis.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        let mirror = try TestMirror(log, redis.terms())
        try await mirror.untilConnected()
        #expect(mirror.heard.text.contains("allkeys-lru"))
        await mirror.stop()
    }
}
