import Exeunt
import PostgresStore
import StoreConformance
import Testing

@Suite("The port's promises, on PostgreSQL", .serialized)
struct ConformanceTests {
    @Test(arguments: StoreChecks.all)
    func `the PostgreSQL store keeps it`(_ check: StoreCheck) async throws {
        let test = try TestStore()
        try await check.run(on: test.tested(crowdSize: 100_000, races: 500))
        let diagnosis = try await test.store.diagnose(at: .init(milliseconds: 1_800_000_000_000))
        #expect(diagnosis.problems == [])
    }

    @Test(arguments: StoreChecks.traps)
    func `a store with the fault is caught`(_ trap: StoreTrap) async throws {
        let test = try TestStore()
        await #expect(throws: Broken.self) {
            try await trap.check.run(on: test.tested(trap.wrong.wrap))
        }
    }
}
