import Exeunt
import PostgresStore
import StoreConformance
import Testing

@Suite("The port's promises, on PostgreSQL", .serialized)
struct ConformanceTests {
    /// A check and one store that it must catch.
    struct Trap: Sendable, CustomTestStringConvertible {
        let check: StoreCheck
        let wrong: StoreCheck.WrongStore

        var testDescription: String { "\(check): \(wrong)" }
    }

    static let traps = StoreChecks.all.flatMap { check in
        check.wrongStores.map { Trap(check: check, wrong: $0) }
    }

    @Test(arguments: StoreChecks.all)
    func `the PostgreSQL store keeps it`(_ check: StoreCheck) async throws {
        let test = try TestStore()
        try await check.run(on: test.tested(crowdSize: 100_000, races: 500))
        let diagnosis = try await test.store.diagnose(at: .init(milliseconds: 1_800_000_000_000))
        #expect(diagnosis.problems == [])
    }

    @Test(arguments: traps)
    func `a store with the fault is caught`(_ trap: Trap) async throws {
        let test = try TestStore()
        await #expect(throws: Broken.self) {
            try await trap.check.run(on: test.tested(trap.wrong.wrap))
        }
    }
}
