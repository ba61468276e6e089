import Synchronization
import Testing

@testable import ExeuntVerifier

@Suite(.timeLimit(.minutes(5))) struct SingleFlightTests {
    private struct Broken: Error {}

    /// Work that is not done before it may be.
    private final class Work: Sendable {
        let begun = Atomic(0)
        private let mayEnd = Atomic(false)

        func end() { mayEnd.store(true, ordering: .relaxed) }

        func callAsFunction() async -> Int {
            let number = begun.add(1, ordering: .relaxed).newValue
            while !mayEnd.load(ordering: .relaxed) { await Task.yield() }
            return number
        }

        func untilBegun(_ times: Int) async {
            while begun.load(ordering: .relaxed) < times { await Task.yield() }
        }
    }

    private let flights = SingleFlight<String, Int>(limit: 2)
    private let work = Work()

    @Test func `what many want at once is done once`() async throws {
        let results = try await withThrowingTaskGroup(of: (value: Int, isOwn: Bool).self) { group in
            for _ in 0..<50 { group.addTask { try await flights.run("a") { await work() } } }
            await work.untilBegun(1)
            work.end()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.count == 50)
        #expect(results.count { $0.isOwn } == work.begun.load(ordering: .relaxed))
    }

    @Test func `who comes while it is being done does nothing`() async throws {
        async let first = flights.run("a") { await work() }
        await work.untilBegun(1)
        async let second = flights.run("a") { -1 }
        work.end()
        let results = try await (first, second)
        #expect(results.0.isOwn)
        #expect(results.1.isOwn == (results.1.value == -1))
    }

    @Test func `one after the other it is done again`() async throws {
        work.end()
        for number in 1...3 { #expect(try await flights.run("a") { await work() }.value == number) }
    }

    @Test func `an error is everybody's`() async throws {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    await #expect(throws: Broken.self) {
                        try await flights.run("a") {
                            _ = await work()
                            throw Broken()
                        }
                    }
                }
            }
            await work.untilBegun(1)
            work.end()
        }
    }

    @Test func `beyond the limit there is an error and no queue`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for key in ["a", "b"] { group.addTask { _ = try await flights.run(key) { await work() } } }
            await work.untilBegun(2)
            await #expect(throws: SingleFlight<String, Int>.Full.self) { try await flights.run("c") { 3 } }
            work.end()
            try await group.waitForAll()
        }
        #expect(try await flights.run("c") { 3 }.value == 3)
    }

    @Test func `who is cancelled stops waiting, and the work is done for the others`() async throws {
        let first = Task { try await flights.run("a") { await work() } }
        await work.untilBegun(1)
        let second = Task { try await flights.run("a") { -1 } }
        let third = Task { try await flights.run("a") { -1 } }
        while flights.waiting < 3 { await Task.yield() }
        first.cancel()
        third.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        await #expect(throws: CancellationError.self) { try await third.value }
        #expect(flights.waiting == 1)
        work.end()
        let landing = try await second.value
        #expect(landing.value == 1)
        #expect(!landing.isOwn)
    }

    @Test func `work that nobody waits for any more is done to its end, uncancelled`() async throws {
        let wasCancelled = Mutex<Bool?>(nil)
        let only = Task {
            try await flights.run("a") {
                let number = await work()
                wasCancelled.withLock { $0 = Task.isCancelled }
                return number
            }
        }
        await work.untilBegun(1)
        only.cancel()
        await #expect(throws: CancellationError.self) { try await only.value }
        async let later = flights.run("a") { -1 }
        while flights.waiting < 1 { await Task.yield() }
        work.end()
        #expect(try await later.value == 1, "whoever comes meanwhile gets its result")
        #expect(wasCancelled.withLock { $0 } == false)
    }

    @Test func `who is cancelled already begins nothing`() async throws {
        let cancelled = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await flights.run("a") { await work() }
        }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        #expect(work.begun.load(ordering: .relaxed) == 0)
        work.end()
        #expect(try await flights.run("a") { await work() }.isOwn)
    }

    @Test func `work that goes on without anybody counts towards the limit`() async throws {
        for key in ["a", "b"] {
            let task = Task { try await flights.run(key) { await work() } }
            await work.untilBegun(key == "a" ? 1 : 2)
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        await #expect(throws: SingleFlight<String, Int>.Full.self) { try await flights.run("c") { 3 } }
        work.end()
    }
}
