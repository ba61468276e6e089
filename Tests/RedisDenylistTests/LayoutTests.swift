import Exeunt
import Foundation
import RedisLink
import Settlement
import Testing

@testable import RedisDenylist

/// What stands in Redis, and until when.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LayoutTests {
    private let log = TestLog()
    private let soon = TestMirror.now() + 900_000
    private let token = TokenClaims.test(7)

    @Test func `each record is one key that expires in the very millisecond in which the record does`() async throws {
        let redis = try await TestRedis()
        let spared = Identifier(high: 2, low: 9)
        log.end(.token(token.token), until: soon)
        log.end(.session(token.session), until: soon + 1)
        log.end(.subject("ada lovelace ü", version: 3, except: spared), until: soon + 2)
        log.end(.subject("bob", version: 4, except: nil), until: soon + 3)
        let last = log.end(.all(epoch: 5), until: soon + 4)
        let mirror = try TestMirror(log, redis.terms())
        try await mirror.untilDelivered(last)
        let expected: [(key: String, value: String)] = [
            ("{exeunt:1}:token:\(token.token)", "1"), ("{exeunt:1}:session:\(token.session)", "1"),
            ("{exeunt:1}:subject:ada lovelace ü", "3 \(spared)"), ("{exeunt:1}:subject:bob", "4"),
            ("{exeunt:1}:all", "5"),
        ]
        for (index, entry) in expected.enumerated() {
            #expect(try redis.ask("GET", entry.key) == .text(entry.value))
            #expect(try redis.ask("PEXPIRETIME", entry.key) == .integer(soon + Int64(index)), "\(entry.key)")
        }
        #expect(try redis.ask("HGET", "{exeunt:1}:head", "seq") == .text("5"))
        // `live` is there for as long as somebody vouches for the mirror, which a slow machine may not have done just now.
        let others: Set = ["{exeunt:1}:head", "{exeunt:1}:live", "{exeunt:1}:keys"]
        #expect(try redis.keys().subtracting(others) == Set(expected.map(\.key)))
        await mirror.stop()
    }

    @Test func `a record that arrives late has what is left of its life, and one that arrives too late does not come`()
        async throws
    {
        let redis = try await TestRedis()
        redis.kill()
        let mirror = try TestMirror(log, redis.terms())
        log.end(.token(token.token), until: TestMirror.now() + 150)
        let last = log.end(.session(token.session), until: soon)
        #expect(await mirror.mirror.deliver(through: last, patience: .untilSettled) != .done)
        try await Task.sleep(for: .milliseconds(200))
        try await redis.start()
        try await mirror.untilDelivered(last)
        #expect(try redis.ask("PEXPIRETIME", "{exeunt:1}:session:\(token.session)") == .integer(soon))
        #expect(try redis.ask("EXISTS", "{exeunt:1}:token:\(token.token)") == .integer(0))
        await mirror.stop()
    }

    @Test func `a version and an epoch never go back, and a life never gets shorter`() async throws {
        let redis = try await TestRedis()
        log.end(.subject("ada", version: 10, except: nil), until: soon + 5)
        log.end(.subject("ada", version: 9, except: token.session), until: soon + 10)
        log.end(.subject("bob", version: 9, except: token.session), until: soon + 10)
        log.end(.subject("bob", version: 10, except: nil), until: soon)
        log.end(.all(epoch: 10), until: soon)
        log.end(.all(epoch: 9), until: soon + 7)
        log.end(.token(token.token), until: soon + 1)
        let last = log.end(.token(token.token), until: soon)
        let mirror = try TestMirror(log, redis.terms())
        try await mirror.untilDelivered(last)
        let expected: [(key: String, value: String, until: Int64)] = [
            ("subject:ada", "10", soon + 5), ("subject:bob", "10", soon + 10), ("all", "10", soon + 7),
            ("token:\(token.token)", "1", soon + 1),
        ]
        for (name, value, until) in expected {
            #expect(try redis.ask("GET", "{exeunt:1}:" + name) == .text(value), "\(name)")
            #expect(try redis.ask("PEXPIRETIME", "{exeunt:1}:" + name) == .integer(until), "\(name)")
        }
        await mirror.stop()
    }

    @Test func `two authorities with prefixes of their own do not touch each other`() async throws {
        let (redis, other) = (try await TestRedis(), TestLog())
        let first = try TestMirror(log, redis.terms())
        let second = try TestMirror(other, redis.terms(prefix: "other"))
        try await first.untilDelivered(log.end(.session(token.session), until: soon))
        try await second.untilDelivered(other.end(.token(token.token), until: soon))
        #expect(try redis.ask("EXISTS", "{other:1}:session:\(token.session)") == .integer(0))
        #expect(try redis.ask("EXISTS", "{exeunt:1}:token:\(token.token)") == .integer(0))
        #expect(TestChecker(redis: redis).check(token) == .refused)
        #expect(TestChecker(redis: redis).check(.test(8, session: 7, subject: "bob")) == .refused)
        let elsewhere = TestChecker(redis: redis, keys: DenylistKeys(prefix: "other"))
        #expect(elsewhere.check(.test(8, session: 7)) == .accepted)
        await first.stop()
        await second.stop()
    }

    @Test(arguments: UInt64(1)...4)
    func `Redis says of every token what a verifier in memory says`(seed: UInt64) async throws {
        let redis = try await TestRedis()
        var random = SystemRandomNumberGenerator()
        let terms = try redis.terms()
        let (first, second) = (TestMirror(log, terms), TestMirror(log, terms))
        let subjects = ["ada", "bob", "eve"]
        var (versions, epoch) = ([String: UInt64](), UInt64(0))
        var last: UInt64 = 0
        for _ in 0..<150 {
            let until = soon + Int64.random(in: 0...1000, using: &random)
            let id = UInt64.random(in: 0..<30, using: &random)
            switch Int.random(in: 0..<12, using: &random) {
            case 0..<4: last = log.end(.token(Identifier(high: 1, low: id)), until: until)
            case 4..<8: last = log.end(.session(Identifier(high: 2, low: id)), until: until)
            case 8..<11:
                let subject = subjects[Int(id) % 3]
                versions[subject, default: 8] += 1
                let spared = Bool.random(using: &random) ? Identifier(high: 2, low: id) : nil
                last = log.end(.subject(subject, version: versions[subject] ?? 0, except: spared), until: until)
            default:
                epoch += UInt64.random(in: 0...1, using: &random)
                last = log.end(.all(epoch: epoch), until: until)
            }
            if id == 0 { try redis.ask("FLUSHALL") }
        }
        try await first.untilDelivered(last)
        try await second.untilDelivered(last)
        let (set, checker) = (log.set, TestChecker(redis: redis))
        for number in UInt64(0)..<60 {
            let claims = TokenClaims.test(
                number, session: UInt64.random(in: 0..<60, using: &random), subject: subjects[Int(number) % 3],
                version: UInt64.random(in: 7...(versions.values.max() ?? 8) + 1, using: &random),
                epoch: UInt64.random(in: 0...epoch + 1, using: &random))
            #expect(checker.check(claims) == (set.isOver(claims) ? .refused : .accepted), "\(claims)")
        }
        await first.stop()
        await second.stop()
    }
}
