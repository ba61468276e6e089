import ExeuntRedisVerifier
import ExeuntVerifier
import Foundation
import RedisDenylist
import RedisLink
import Settlement
import Testing

/// Tokens that are checked with the mirror, as an application does it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct RedisVerifierTests {
    private let log = TestLog()
    private let authority = KeyServer()
    private let soon = TestMirror.now() + 900_000

    private func verifier(_ redis: TestRedis, _ url: String) throws -> RedisTokenVerifier {
        var configuration = VerifierConfiguration(
            issuer: KeyServer.issuer, clientID: "client_1", clientSecret: ClientSecret("secret"))
        configuration.endpoint = url
        return try RedisTokenVerifier(
            configuration, redis: RedisConfiguration(url: redis.url), logger: HeardLog().logger)
    }

    private func refusal(_ verifier: RedisTokenVerifier, _ token: String) async -> VerificationError? {
        do throws(VerificationError) {
            _ = try await verifier.verify(token)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a token is accepted until the token, its session, its subject or everything is over`() async throws {
        let redis = try await TestRedis()
        let mirror = try TestMirror(log, redis.terms())
        try await mirror.untilConnected()
        try await authority.serve { [self] url in
            let verifier = try verifier(redis, url)
            let tokens = try (UInt64(1)...5).map { try authority.token(.test($0)) }
            for token in tokens { #expect(try await verifier.verify(token).subject == "ada") }
            func refused() async -> [Bool] {
                var refused: [Bool] = []
                for token in tokens { refused.append(await refusal(verifier, token) == .ended) }
                return refused
            }
            try await mirror.untilDelivered(log.end(.token(Identifier(high: 1, low: 1)), until: soon))
            #expect(await refused() == [true, false, false, false, false])
            try await mirror.untilDelivered(log.end(.session(Identifier(high: 2, low: 2)), until: soon))
            #expect(await refused() == [true, true, false, false, false])
            let spared = Identifier(high: 2, low: 3)
            try await mirror.untilDelivered(
                log.end(.subject("ada", version: 2, except: spared), until: soon))
            #expect(await refused() == [true, true, false, true, true])
            #expect(await refusal(verifier, try authority.token(.test(6, version: 2))) == nil)
            try await mirror.untilDelivered(log.end(.all(epoch: 2), until: soon))
            #expect(await refused() == [true, true, true, true, true])
            #expect(await refusal(verifier, try authority.token(.test(7, version: 2, epoch: 2))) == nil)
            await verifier.close()
        }
        await mirror.stop()
    }

    @Test func `the rules of the token itself are the same as in memory`() async throws {
        let redis = try await TestRedis()
        let mirror = try TestMirror(log, redis.terms())
        try await mirror.untilConnected()
        try await authority.serve { [self] url in
            let verifier = try verifier(redis, url)
            #expect(await refusal(verifier, try authority.token(.test(1), expiresIn: -9)) == .expired)
            #expect(await refusal(verifier, try KeyServer().token(.test(1))) == .badSignature)
            #expect(await refusal(verifier, "nonsense") == .malformed)
            await verifier.close()
        }
        await mirror.stop()
    }

    @Test func `a key that has gone opens nothing, though its token is remembered`() async throws {
        let redis = try await TestRedis()
        let first = try TestMirror(log, redis.terms())
        try await first.untilConnected()
        try await authority.serve { [self] url in
            let verifier = try verifier(redis, url)
            let token = try authority.token(.test(1))
            #expect(await refusal(verifier, token) == nil)
            let fetches = authority.fetchCount
            for _ in 0..<20 { #expect(await refusal(verifier, token) == nil) }
            #expect(authority.fetchCount == fetches)
            await first.stop()
            authority.replaceKey(id: "two")
            let second = try TestMirror(log, redis.terms(), keysVersion: "k2")
            try await second.untilConnected()
            #expect(await refusal(verifier, token) != nil)
            #expect(await refusal(verifier, try authority.token(.test(2))) == nil)
            await second.stop()
            await verifier.close()
        }
    }

    @Test func `without a word that counts nothing is accepted`() async throws {
        let redis = try await TestRedis()
        try await authority.serve { [self] url in
            let verifier = try verifier(redis, url)
            let token = try authority.token(.test(1))
            let stale = VerificationError.stale(retryAfter: .seconds(1))
            #expect(await refusal(verifier, token) == stale)
            let mirror = try TestMirror(log, redis.terms(lease: .seconds(9)))
            try await mirror.untilConnected()
            while await refusal(verifier, token) != nil { try await Task.sleep(for: .milliseconds(10)) }
            await mirror.stop()
            try redis.ask("SAVE")
            try redis.ask("FLUSHALL")
            #expect(await refusal(verifier, token) == stale)
            redis.kill()
            #expect(await refusal(verifier, token) == stale)
            // It comes back and says the same, but it is another run.
            try await redis.start()
            for _ in 0..<50 {
                #expect(await refusal(verifier, token) == stale)
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(try redis.ask("EXISTS", "{exeunt:1}:live") == .integer(1))
            redis.hold()
            // It gives up although Redis hangs on.
            #expect(await refusal(verifier, token) == stale)
            redis.release()
            let again = try TestMirror(log, redis.terms())
            try await again.untilConnected()
            while await refusal(verifier, token) != nil { try await Task.sleep(for: .milliseconds(10)) }
            await again.stop()
            await verifier.close()
        }
    }

    @Test func `checks that come together share round trips, and each gets its own answer`() async throws {
        let redis = try await TestRedis()
        let mirror = try TestMirror(log, redis.terms())
        var last: UInt64 = 0
        for number in UInt64(1)...50 { last = log.end(.session(Identifier(high: 2, low: number * 2)), until: soon) }
        try await mirror.untilDelivered(last)
        try await authority.serve { [self] url in
            let verifier = try verifier(redis, url)
            let tokens = try (UInt64(1)...100).map { ($0, try authority.token(.test($0))) }
            #expect(await refusal(verifier, tokens[0].1) == nil)
            let began = ContinuousClock.now
            let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
                for task in 0..<32 {
                    group.addTask {
                        var wrong = 0
                        for round in 0..<100 {
                            let (number, token) = tokens[(task * 7 + round) % 100]
                            let refusal = await refusal(verifier, token)
                            if refusal != (number.isMultiple(of: 2) ? .ended : nil) { wrong += 1 }
                        }
                        return wrong
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(wrong == 0)
            print("3200 checks by 32 at once took \(ContinuousClock.now - began)")
            await verifier.close()
        }
        await mirror.stop()
    }

    @Test(arguments: [
        "http://localhost", "rediss://localhost", "redis://", "unix://host/path", "redis://h/x", "redis://u@h",
    ])
    func `an address that is none is refused, and its password not repeated`(url: String) {
        let configuration = VerifierConfiguration(
            issuer: KeyServer.issuer, clientID: "c", clientSecret: ClientSecret("s"))
        #expect(throws: VerifierConfiguration.Fault.self) {
            try RedisTokenVerifier(configuration, redis: RedisConfiguration(url: url))
        }
        #expect(!"\(RedisConfiguration(url: "redis://user:hunter2@host:1/2"))".contains("hunter2"))
        #expect("\(RedisConfiguration(url: "redis://user:hunter2@host:1/2"))" == "redis://***@host:1/2, exeunt")
    }
}
