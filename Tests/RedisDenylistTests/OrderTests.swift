import Exeunt
import Foundation
import Logging
import RedisLink
import Settlement
import Testing

@testable import RedisDenylist

/// In which order the log gets there.
@Suite(.serialized, .timeLimit(.minutes(5))) struct OrderTests {
    private let log = TestLog()
    private let soon = TestMirror.now() + 900_000

    @Test func `many records go in several calls, and are vouched for only with the last`() async throws {
        let redis = try await TestRedis()
        for number in UInt64(1)...1700 { log.end(.session(Identifier(high: 2, low: number)), until: soon) }
        let checker = TestChecker(redis: redis)
        let mirror = try TestMirror(log, redis.terms())
        var verdicts: Set<TestChecker.Verdict> = []
        while checker.check(.test(1700)) == .unknown { verdicts.insert(checker.check(.test(1700))) }
        #expect(!verdicts.contains(.accepted))
        for number in UInt64(1)...1700 where number % 100 == 0 { #expect(checker.check(.test(number)) == .refused) }
        #expect(try redis.keys().count == 1703)
        await mirror.stop()
    }

    @Test func `mirrors that race never leave a gap, not for a moment`() async throws {
        let redis = try await TestRedis()
        let mirrors = try (0..<3).map { _ in try TestMirror(log, redis.terms()) }
        let reading = try RedisConnection(RedisAddress(redis.url), commandMilliseconds: 2000)
        let names = (UInt64(1)...600).map { "{exeunt:1}:session:\(Identifier(high: 2, low: $0))" }
        var number: UInt64 = 0
        while number < 600 {
            for _ in 0..<10 {
                number += 1
                log.end(.session(Identifier(high: 2, low: number)), until: soon)
            }
            if number == 300 { try redis.ask("FLUSHALL") }
            let replies = try reading.pipeline(
                [["MULTI"], ["HGET", "{exeunt:1}:head", "seq"], ["MGET"] + names, ["EXEC"]])
            let parts = replies.last?.list ?? []
            let seq = parts.first?.text.flatMap { Int($0) } ?? 0
            let values = parts.last?.list ?? []
            #expect(values.prefix(seq).allSatisfy { $0 != .nothing }, "a gap before \(seq)")
        }
        for mirror in mirrors { try await mirror.untilDelivered(600) }
        #expect(try redis.ask(["EXISTS"] + names) == .integer(600))
        for mirror in mirrors {
            #expect(mirror.heard.count(of: .warning) == 0, "\(mirror.heard.text)")
            await mirror.stop()
        }
    }

    @Test func `a call that arrives late, twice or out of turn changes nothing`() async throws {
        let redis = try await TestRedis()
        let keys = try #require(DenylistKeys(prefix: "exeunt"))
        let connection = try RedisConnection(RedisAddress(redis.url), commandMilliseconds: 2000)
        func deliver(
            after: UInt64, through: UInt64, sentAgo: Int64 = 0, vouches: Int64? = 10_000
        ) throws -> DeliveryScript.Answer {
            let now = TestMirror.now()
            let records = (after + 1..<max(through, after) + 1).map {
                Revocation(seq: $0, target: .session(Identifier(high: 2, low: $0)), until: soon)
            }
            let batch = MirrorBatch(
                after: MirrorCursor(seq: after, mark: after == 0 ? "" : "m\(after)"),
                through: MirrorCursor(seq: through, mark: "m\(through)"), records: records,
                reachesHead: vouches != nil)
            let sentAt = Timestamp(milliseconds: now - sentAgo)
            let arguments = DeliveryScript.arguments(
                batch, keys: keys, keysVersion: "k", sentAt: sentAt,
                vouchedUntil: Timestamp(milliseconds: now - sentAgo + (vouches ?? 0)))
            return try DeliveryScript.answer(
                try connection.command(["EVAL", DeliveryScript.text] + arguments), sentAt: sentAt)
        }
        #expect(try deliver(after: 3, through: 4) == .hasLapsed)
        #expect(try redis.keys().isEmpty)
        #expect(try deliver(after: 0, through: 2, vouches: nil) == .applied)
        #expect(try redis.ask("EXISTS", keys.live) == .integer(0))
        #expect(try deliver(after: 2, through: 4) == .applied)
        #expect(try deliver(after: 2, through: 4) == .isElsewhere(MirrorCursor(seq: 4, mark: "m4")))
        #expect(try deliver(after: 5, through: 6) == .isElsewhere(MirrorCursor(seq: 4, mark: "m4")))
        let end = try redis.ask("PEXPIRETIME", keys.live)
        #expect(try deliver(after: 4, through: 4, vouches: 5000) == .applied)
        #expect(try redis.ask("PEXPIRETIME", keys.live) == end)
        guard case .clockIsOff(let ahead) = try deliver(after: 4, through: 5, sentAgo: 3000) else {
            Issue.record("it was applied")
            return
        }
        #expect((3000...4000).contains(ahead))
        #expect(try redis.ask("HGET", keys.head, "seq") == .text("4"))
        try redis.ask("DEL", keys.live)
        #expect(try deliver(after: 4, through: 5) == .hasLapsed)
        #expect(try deliver(after: 0, through: 5, vouches: -1) == .applied)
        #expect(try redis.ask("EXISTS", keys.live) == .integer(0))
    }
}
