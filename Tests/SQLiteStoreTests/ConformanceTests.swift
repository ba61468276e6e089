import Exeunt
import SQLiteStore
import StoreConformance
import Testing

@Suite("The port's promises")
struct ConformanceTests {
    @Test(arguments: StoreChecks.all)
    func `the SQLite store keeps it`(_ check: StoreCheck) async throws {
        let temporary = try TemporaryStore()
        try await check.run(on: temporary.tested(crowdSize: 100_000, races: 2000))
        let diagnosis = try await temporary.store.diagnose(at: .init(milliseconds: 1_800_000_000_000))
        #expect(diagnosis.problems == [])
    }

    @Test(arguments: StoreChecks.traps)
    func `a store with the fault is caught`(_ trap: StoreTrap) async throws {
        let temporary = try TemporaryStore()
        await #expect(throws: Broken.self) {
            try await trap.check.run(on: temporary.tested(trap.wrong.wrap))
        }
    }

    @Test func `every check catches a wrong store`() {
        for check in StoreChecks.all { #expect(!check.wrongStores.isEmpty, "\(check)") }
    }
}
