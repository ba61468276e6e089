import Exeunt
import Logging
import ServiceLifecycle
import Settlement
import Synchronization
import Testing

@Suite struct OutboxDispatcherTests {
    private typealias Values = OutboxValues

    private static let good = "https://1.example.com/told"
    private static let picky = "https://2.example.com/told"
    private static let endings: ClosedRange<UInt64> = 1...12

    /// Two receivers, of which the second refuses every third ending.
    private static func receivers() -> [Receiver] { [Values.receiver(1), Values.receiver(2)] }

    private static func jti(_ place: UInt64, _ receiver: Int) -> String {
        Dispatch(.ended(Values.ended(place)), to: Values.receiver(receiver)).jti
    }

    private static let refused: Set<String> = Set(endings.filter { $0 % 3 == 0 }.map { jti($0, 2) })

    private static func answering() -> HeardRequests {
        HeardRequests { url, jti in url == picky && refused.contains(jti) ? 400 : 200 }
    }

    private func run(
        _ store: MemoryOutbox, _ http: HeardRequests, until isDone: @escaping @Sendable () -> Bool
    ) async throws {
        let test = try await TestAuthority()
        let environment = Environment(
            now: { Timestamp(milliseconds: Int64(ContinuousClock.sinceTestsBegan.milliseconds)) + .zero },
            moment: { Moment(milliseconds: ContinuousClock.sinceTestsBegan.milliseconds) },
            randomBytes: { count in (0..<count).map { _ in UInt8.random(in: .min ... .max) } })
        let authority = Authority(
            store: test.store, keyRing: test.authority.keyRing, signingKeys: test.authority.signingKeys,
            policy: test.authority.policy, environment: environment, logger: test.authority.logger)
        let dispatcher = OutboxDispatcher(
            authority: authority, store: store, heads: { AsyncStream { _ in } }, http: http, clock: ContinuousClock(),
            sweep: { 0 })
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [dispatcher], logger: test.authority.logger))
        await withTaskGroup { tasks in
            tasks.addTask { try? await group.run() }
            while !isDone() { try? await Task.sleep(for: .milliseconds(5)) }
            await group.triggerGracefulShutdown()
        }
    }

    private func isThrough(_ store: MemoryOutbox) -> @Sendable () -> Bool {
        { store.stored.allSatisfy { $0.progress.through == Self.endings.upperBound } }
    }

    private func check(_ store: MemoryOutbox, _ http: HeardRequests, _ comment: Comment) {
        let all = Set(Self.endings.map { Self.jti($0, 1) })
        #expect(Set(http.taken(by: Self.good).keys) == all, comment)
        let wanted = Set(Self.endings.map { Self.jti($0, 2) }).subtracting(Self.refused)
        #expect(Set(http.taken(by: Self.picky).keys) == wanted, comment)
        let letters = store.letters.map(\.ended.number)
        #expect(Set(letters) == Set(Self.endings.filter { $0 % 3 == 0 }), comment)
        #expect(letters.count == Set(letters).count, "a dead letter is there twice; \(comment)")
        #expect(store.stored.map(\.progress.givenUp) == [0, 4], comment)
    }

    @Test func `everybody is told of everything, and what is refused is kept`() async throws {
        let store = MemoryOutbox(Self.receivers())
        store.end(Values.ended(Self.endings, at: Timestamp(milliseconds: 0)))
        let http = Self.answering()
        try await run(store, http, until: isThrough(store))
        check(store, http, "")
        #expect(http.taken(by: Self.good).values.allSatisfy { $0 == 1 })
        #expect(store.stored[0].progress.delivered == 12 && store.stored[1].progress.delivered == 8)
    }

    @Test(arguments: [MemoryOutbox.Fault.fails, .undecided], 1...12)
    func `a store that fails at any of its verbs is asked again`(fault: MemoryOutbox.Fault, call: Int) async throws {
        let store = MemoryOutbox(Self.receivers())
        store.end(Values.ended(Self.endings, at: Timestamp(milliseconds: 0)))
        store.fail(at: call, fault)
        let http = Self.answering()
        try await run(store, http, until: isThrough(store))
        check(store, http, "\(fault) at call \(call)")
    }

    @Test(arguments: [MemoryOutbox.Fault.diesBefore, .diesAfter], 1...12)
    func `a process that dies at any step of a delivery is followed by one that tells everybody`(
        fault: MemoryOutbox.Fault, call: Int
    ) async throws {
        let store = MemoryOutbox(Self.receivers())
        store.end(Values.ended(Self.endings, at: Timestamp(milliseconds: 0)))
        store.fail(at: call, fault)
        let http = Self.answering()
        let through = isThrough(store)
        try await run(store, http) { store.isDead || through() }
        store.rise()
        try await run(store, http, until: through)
        check(store, http, "\(fault) at call \(call)")
    }

    @Test func `while another node delivers, this one sends nothing`() async throws {
        let store = MemoryOutbox(Self.receivers())
        store.end(Values.ended(Self.endings, at: Timestamp(milliseconds: 0)))
        let far = Timestamp(milliseconds: 1 << 50)
        _ = try await store.claimOutbox(by: Values.id(99), until: far, at: Timestamp(milliseconds: 0))
        let http = Self.answering()
        let calls = store.calls
        try await run(store, http) { store.calls > calls }
        #expect(http.taken(by: Self.good).isEmpty)
    }

    @Test func `a receiver that is not there is noted with why and when it is tried again`() async throws {
        let store = MemoryOutbox([Values.receiver(1)])
        store.end([Values.ended(1, at: Timestamp(milliseconds: 0))])
        let http = Self.answering()
        http.cutOff(true)
        try await run(store, http) { store.stored[0].progress.failures > 0 }
        #expect(store.stored[0].progress.lastFailure == "cut off")
        #expect(store.stored[0].progress.retryAt != nil && store.stored[0].progress.through == 0)
    }

    @Test func `a webhook that is gone is disabled in the store`() async throws {
        var receiver = Values.receiver(1, kind: .webhook)
        receiver.sealedSecret = try KeyRing(masterKeys: [(1, [UInt8](repeating: 7, count: 32))]).seal(
            [UInt8](repeating: 1, count: 32), name: receiver.sealName)
        let store = MemoryOutbox([receiver])
        store.end([Values.ended(1, at: Timestamp(milliseconds: 0))])
        try await run(store, HeardRequests { _, _ in 410 }) { store.stored[0].status == .disabled }
        #expect(store.stored[0].statusReason == "answered 410")
    }
}

extension ContinuousClock {
    private static let began = ContinuousClock.now

    /// A clock that all tests of a run share.
    fileprivate static var sinceTestsBegan: Duration { began.duration(to: .now) }
}
