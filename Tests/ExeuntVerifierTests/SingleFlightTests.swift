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
}
