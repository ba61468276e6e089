import Settlement
import Synchronization
import Testing

@testable import ExeuntVerifier

@Suite struct EndTests {
    /// Hears of ends.
    private final class Ear: Sendable {
        private let heard = Mutex<[SessionEnd]>([])

        var all: [SessionEnd] { heard.withLock { $0 } }

        func hear(_ end: SessionEnd) { heard.withLock { $0.append(end) } }
    }

    private let ear = Ear()

    @Test(arguments: [
        Revocation.Target.token(TestToken.jti), .session(TestToken.sid), .subject("ada", version: 1, except: nil),
        .all(epoch: 1),
    ])
    func `who waits hears of the end at once, and once`(target: Revocation.Target) throws {
        let test = try TestVerifier()
        let identity = try test.verify()
        _ = try test.verifier.onEnd(of: identity) { ear.hear($0) }
        test.hear(.session(Identifier(high: 9, low: 5)), .subject("ada", version: 1, except: TestToken.sid))
        #expect(ear.all.isEmpty)
        test.hear(
            target == .subject("ada", version: 1, except: nil) ? .subject("ada", version: 2, except: nil) : target)
        test.hear(.all(epoch: 9))
        #expect(ear.all == [.ended])
        #expect(test.verifier.status.watchers == 0)
    }

    @Test func `who comes too late hears at once`() throws {
        let test = try TestVerifier()
        let identity = try test.verify()
        test.hear(.session(TestToken.sid))
        _ = try test.verifier.onEnd(of: identity) { ear.hear($0) }
        #expect(ear.all == [.ended])
    }

    @Test func `who does not want to hear any more does not`() throws {
        let test = try TestVerifier()
        let registration = try test.verifier.onEnd(of: try test.verify()) { ear.hear($0) }
        registration.cancel()
        registration.cancel()
        test.hear(.session(TestToken.sid))
        #expect(ear.all.isEmpty)
    }

    @Test func `without a lease nothing is promised to anybody`() throws {
        let test = try TestVerifier()
        let identity = try test.verify()
        _ = try test.verifier.onEnd(of: identity) { ear.hear($0) }
        test.time.pass(3000)
        for tell in test.verifier.state.withLock({ $0.takeUnpromised(at: test.time.now) }) { tell(.unknown) }
        #expect(ear.all == [.unknown])
        _ = try test.verifier.onEnd(of: identity) { ear.hear($0) }
        #expect(ear.all == [.unknown, .unknown])
    }

    @Test func `as many wait as are allowed and no more`() throws {
        var state = VerifierState(id: TestToken.sid, mode: .feed(), cacheCapacity: 0, cacheKey: (1, 2))
        let test = try TestVerifier()
        let token = try test.verify().token
        let answer = FeedAnswer(
            node: TestVerifier.node, after: 0, through: 0, revocations: [], leaseMilliseconds: 3000, keysVersion: "v")
        _ = state.receive(answer, asked: test.time.now, at: test.time.now)
        for _ in 0..<Limits.watchers { _ = try state.watch(token, at: test.time.now) { _ in } }
        #expect(throws: TooManyWatchers.self) { _ = try state.watch(token, at: test.time.now) { _ in } }
    }

    @Test func `a task can wait for the end`() async throws {
        let test = try TestVerifier()
        let identity = try test.verify()
        async let end = test.verifier.untilEnd(of: identity)
        while test.verifier.status.watchers == 0 { await Task.yield() }
        test.hear(.session(TestToken.sid))
        #expect(try await end == .ended)
    }

    @Test func `a task that is cancelled waits no longer`() async throws {
        let test = try TestVerifier()
        let identity = try test.verify()
        let waiting = Task { try await test.verifier.untilEnd(of: identity) }
        while test.verifier.status.watchers == 0 { await Task.yield() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(test.verifier.status.watchers == 0)
    }
}
