import Crypto
import HTTPTypes
import Settlement
import Synchronization
import Testing

@testable import ExeuntVerifier

@Suite(.timeLimit(.minutes(5))) struct FollowingTests {
    private static let stale = VerificationError.stale(retryAfter: .seconds(1))
    private let test = FollowingTest()

    @Test func `a sign-out is settled once the verifier refuses its tokens`() async throws {
        let text = try TestToken().text(test.one)
        try await test.follow { [test] verifier in
            try await verifier.untilLive()
            _ = try verifier.verify(text)
            test.standIn.end(.session(TestToken.sid))
            #expect(!test.standIn.isSettled)
            try await test.standIn.until { $0.isSettled }
            #expect(throws: VerificationError.ended) { try verifier.verify(text) }
            #expect(verifier.status.applied == 1)
        }
    }

    @Test func `a poll acknowledges exactly what is applied`() async throws {
        try await test.follow(mode: .feed(lease: .milliseconds(900))) { [test] verifier in
            try await verifier.untilLive()
            test.standIn.end(.all(epoch: 1), .all(epoch: 2))
            try await test.standIn.until { $0.acknowledged.last == 2 }
            // An answer that cannot be understood: one more record, of a kind that is not known, and no such poll may follow.
            let body =
                #"{"node":"\#(Identifier(high: 5, low: 5))","after":2,"head":3,"lease_ms":900,"keys_version":"one","#
                + #""revocations":[{"seq":3,"kind":"planet","until":1900000000}]}"#
            let before = test.standIn.acknowledged.count
            test.standIn.change { $0.spoilt = [(.ok, body), (.ok, "no JSON"), (.internalServerError, "")] }
            try await test.standIn.until { $0.acknowledged.count >= before + 5 }
            #expect(Set(test.standIn.acknowledged.dropFirst(before)) == [2])
            // A busy machine adds some of its own.
            #expect(verifier.status.pollErrors >= 3)
            try await test.standIn.until { _ in verifier.status.lastError == nil }
            test.standIn.end(.all(epoch: 3))
            try await test.standIn.until { $0.isSettled }
        }
        let first = try #require(test.standIn.events.first)
        #expect(first == .poll(after: 0, hasNode: false, lease: 900))
        #expect(test.standIn.acknowledged == test.standIn.acknowledged.sorted())
        let known = test.standIn.events.dropFirst().allSatisfy { event in
            if case .poll(_, let hasNode, _) = event { hasNode } else { true }
        }
        #expect(known, "after the first answer each poll says whose log it speaks of")
    }

    @Test func `a poll is held only while there is a lease, and not after one that failed`() async throws {
        try await test.follow(mode: .feed(lease: .milliseconds(900))) { [test] verifier in
            try await verifier.untilLive()
            try await test.standIn.until { $0.state.withLock { $0.waits.count > 1 } }
            #expect(test.standIn.state.withLock { $0.waits.prefix(2).map(\.milliseconds) } == [0, 300])
            test.standIn.change { $0.spoilt = [(.internalServerError, "")] }
            try await test.standIn.until { $0.state.withLock { $0.waits.dropLast().contains(where: \.isSpoilt) } }
            let waits = test.standIn.state.withLock { $0.waits }
            let spoilt = waits.firstIndex { $0.isSpoilt }
            let failed = try #require(spoilt)
            #expect(waits[failed + 1].milliseconds == 0, "the lease goes on, so there is no time to lose")
            // The network is whole again, or the clock was set, and nothing has happened meanwhile.
            try await test.standIn.until { $0.state.withLock { $0.waits.last?.milliseconds == 300 } }
            test.time.pass(900)
            try await test.standIn.until { _ in verifier.status.state == .live }
            let after = test.standIn.state.withLock { $0.waits.dropFirst(waits.count) }
            #expect(after.contains { $0.milliseconds == 0 })
        }
    }

    @Test func `a poll is not held for longer than the authority holds one, however long the lease`() async throws {
        try await test.follow(mode: .feed(lease: .seconds(600))) { [test] verifier in
            try await verifier.untilLive()
            try await test.standIn.until { $0.state.withLock { $0.waits.count > 1 } }
            #expect(test.standIn.state.withLock { $0.waits.prefix(2).map(\.milliseconds) } == [0, 20_000])
            test.standIn.end(.session(TestToken.sid))
            try await test.standIn.until { $0.isSettled }
        }
    }

    @Test func `the lease counts from before the poll was sent`() async throws {
        let text = try TestToken().text(test.one)
        test.standIn.whilePolled.withLock { [test] in
            $0 = {
                test.time.pass(2000)
                test.standIn.change { if $0.events.count > 1 { $0.holdsPolls = true } }
            }
        }
        try await test.follow { [test] verifier in
            try await test.standIn.until { $0.acknowledged.count == 2 }
            // 2 seconds of the lease went by on the way, and 2 more since the second poll began.
            #expect(verifier.status.leaseLeft == nil)
            #expect(throws: Self.stale) { try verifier.verify(text) }
        }
    }

    @Test func `keys that are dropped are refused before that is acknowledged`() async throws {
        let (old, new) = (try TestToken().text(test.one), try TestToken(kid: "two", alg: "EdDSA").text(test.two))
        try await test.follow { [test] verifier in
            try await verifier.untilLive()
            _ = try verifier.verify(old)
            test.standIn.change { $0.holdsKeys = true }
            test.setKeys(version: "two", TestKeys.jwk(test.two.publicKey, kid: "two"))
            test.standIn.end(.all(epoch: 0))
            try await test.standIn.until { $0.events.last == .keys }
            #expect(test.standIn.acknowledged.last == 0)
            #expect(!test.standIn.isSettled)
            test.standIn.change { $0.holdsKeys = false }
            try await test.standIn.until { $0.acknowledged.last == 1 }
            #expect(throws: VerificationError.unknownKey) { try verifier.verify(old) }
            #expect(throws: Never.self) { try verifier.verify(new) }
        }
    }

    @Test func `keys that cannot be fetched are not acknowledged, and the lease runs out`() async throws {
        let text = try TestToken().text(test.one)
        try await test.follow { [test] verifier in
            try await verifier.untilLive()
            test.standIn.change { ($0.jwks, $0.keysVersion) = (#"{"keys":[]}"#, "two") }
            test.standIn.end(.all(epoch: 0))
            try await test.standIn.until { _ in
                verifier.status.pollErrors > 1 && verifier.status.lastError?.contains("no key") == true
            }
            #expect(test.standIn.acknowledged.last == 0)
            test.time.pass(3000)
            #expect(throws: Self.stale) { try verifier.verify(text) }
        }
    }

    @Test func `a verifier that stops refuses before it gives its lease back`() async throws {
        let text = try TestToken().text(test.one)
        let seen = Mutex<VerificationError?>(nil)
        let id = Mutex<Identifier?>(nil)
        try await test.follow { [test] verifier in
            try await verifier.untilLive()
            _ = try verifier.verify(text)
            id.withLock { $0 = verifier.state.withLock { $0.follower.id } }
            test.standIn.whileHandedBack.withLock {
                $0 = {
                    do throws(VerificationError) {
                        _ = try verifier.verify(text)
                    } catch {
                        seen.withLock { $0 = error }
                    }
                }
            }
        }
        #expect(seen.withLock { $0 } == Self.stale)
        #expect(test.standIn.events.last == id.withLock { $0 }.map(StandIn.Event.handBack))
        test.standIn.end(.all(epoch: 1))
        #expect(test.standIn.isSettled, "nobody is waited for")
    }

    @Test func `each start is a new verifier`() async throws {
        for _ in 0..<2 { try await test.follow { try await $0.untilLive() } }
        let ids = test.standIn.events.compactMap { event in
            if case .handBack(let id) = event { id } else { nil }
        }
        #expect(Set(ids).count == 2)
    }

    @Test func `streams are told of the end over the feed, and of the lapse`() async throws {
        let text = try TestToken().text(test.one)
        let other = try TestToken(sid: Identifier(high: 9, low: 2)).text(test.one)
        try await test.follow { [test] verifier in
            try await verifier.untilLive()
            let (first, second) = (try verifier.verify(text), try verifier.verify(other))
            async let ended = verifier.untilEnd(of: first)
            async let lapsed = verifier.untilEnd(of: second)
            try await test.standIn.until { _ in verifier.status.watchers == 2 }
            test.standIn.end(.session(TestToken.sid))
            #expect(try await ended == .ended)
            test.standIn.change { $0.holdsPolls = true }
            test.time.pass(3000)
            #expect(try await lapsed == .unknown)
        }
    }

    @Test func `sign-outs that wait for somebody else keep no poll waiting`() async throws {
        try await test.follow(mode: .feed(lease: .milliseconds(300))) { [test] verifier in
            try await verifier.untilLive()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<2 * Limits.questions {
                    group.addTask { _ = try? await verifier.authority.signOut("exs_any", waitingAtMost: .seconds(600)) }
                }
                try await test.standIn.until { $0.state.withLock { $0.signOuts } >= Limits.questions }
                let before = test.standIn.acknowledged.count
                try await test.standIn.until { $0.acknowledged.count >= before + 3 }
                group.cancelAll()
            }
        }
    }

    @Test func `wrong credentials are an error that can be seen, and nothing is accepted`() async throws {
        try await test.standIn.serve { [test] url in
            var configuration = VerifierConfiguration(
                issuer: TestToken.issuer, clientID: "client_1", clientSecret: ClientSecret("wrong"))
            configuration.endpoint = url
            let verifier = try TokenVerifier(
                configuration, environment: test.time.environment, logger: SilentLog.logger)
            let running = Task { try await verifier.run() }
            try await test.standIn.until { _ in verifier.status.pollErrors > 1 }
            #expect(verifier.status.lastError?.contains("401") == true)
            #expect(verifier.status.state == .starting)
            running.cancel()
            try await running.value
            #expect(verifier.status.state == .stopped)
        }
    }
}
