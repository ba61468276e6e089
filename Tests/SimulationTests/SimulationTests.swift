import Simulation
import Testing

/// The settlement protocol in simulated bad weather; `make simulate` does the same with more seeds.
@Suite struct SimulationTests {
    private static let seedsEach: UInt64 = 50

    @Test(arguments: UInt64(0)..<10)
    func `every invariant holds whatever happens`(part: UInt64) {
        let first = 1 + part * Self.seedsEach
        guard let failure = Simulation.firstFailure(in: first...first + Self.seedsEach - 1) else { return }
        Issue.record("\(Simulation.history(seed: failure.seed))")
    }

    @Test(arguments: Variant.allCases)
    func `whoever builds it wrong is caught`(variant: Variant) throws {
        let failure = try #require(
            Simulation.firstFailure(in: 1...variant.seeds, variant: variant),
            "\(variant) was not caught within \(variant.seeds) seeds")
        #expect(
            variant.invariants.contains(failure.violation.invariant),
            "\(Simulation.history(seed: failure.seed, variant: variant))")
    }

    @Test func `everything that can happen does`() {
        var total = Tally()
        for seed in UInt64(1)...80 { total += Simulation.run(seed: seed).tally }
        for kind in Tally.Kind.allCases { #expect(total[kind] > 0, "never: \(kind)") }
    }

    @Test func `a seed tells the same history each time, and the run is the same whether it is told or not`() {
        #expect(Simulation.history(seed: 7) == Simulation.history(seed: 7))
        #expect(Simulation.history(seed: 7) != Simulation.history(seed: 8))
        let variant = Variant.leaseCountedFromAnswer
        guard let failure = Simulation.firstFailure(in: 1...variant.seeds, variant: variant) else { return }
        let history = Simulation.history(seed: failure.seed, variant: variant)
        #expect(history.hasSuffix("seed \(failure.seed) with the variant \(variant) breaks \(failure.violation)"))
    }
}
