/// The settlement protocol under bad weather: the shipped state machines, in a small world that follows from a seed.
package enum Simulation {
    /// How one run went.
    package struct Outcome: Sendable {
        package var violation: Violation?
        package var tally: Tally
    }

    /// Runs a seed.
    package static func run(seed: UInt64, variant: Variant? = nil) -> Outcome {
        var world = World(seed: seed, flaw: variant, chronicle: Chronicle(isKept: false))
        let violation = world.run()
        return Outcome(violation: violation, tally: world.tally)
    }

    /// Runs a seed once more and tells its history, with the invariant that was broken at the end.
    package static func history(seed: UInt64, variant: Variant? = nil) -> String {
        let chronicle = Chronicle(isKept: true)
        var world = World(seed: seed, flaw: variant, chronicle: chronicle)
        let violation = world.run()
        let name = "seed \(seed)" + (variant.map { " with the variant \($0)" } ?? "")
        let verdict = violation.map { "\(name) breaks \($0)" } ?? "\(name): all invariants held"
        return (chronicle.lines + ["", verdict]).joined(separator: "\n")
    }

    /// The first of the seeds that breaks an invariant, and how.
    package static func firstFailure(
        in seeds: ClosedRange<UInt64>, variant: Variant? = nil
    ) -> (seed: UInt64, violation: Violation)? {
        for seed in seeds {
            if let violation = run(seed: seed, variant: variant).violation { return (seed, violation) }
        }
        return nil
    }
}
