import Exeunt
import SQLiteStore
import StoreConformance
import Testing

@Suite("The port's promises")
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
    func `the SQLite store keeps it`(_ check: StoreCheck) async throws {
        let temporary = try TemporaryStore()
        try await check.run(on: temporary.tested(crowdSize: 100_000, races: 2000))
        let diagnosis = try await temporary.store.diagnose(at: .init(milliseconds: 1_800_000_000_000))
        #expect(diagnosis.problems == [])
    }

    @Test(arguments: traps)
    func `a store with the fault is caught`(_ trap: Trap) async throws {
        let temporary = try TemporaryStore()
        await #expect(throws: Broken.self) {
            try await trap.check.run(on: temporary.tested(trap.wrong.wrap))
        }
    }

    @Test func `every check catches a wrong store`() {
        for check in StoreChecks.all { #expect(!check.wrongStores.isEmpty, "\(check)") }
    }
}
