internal import Foundation
internal import Simulation

/// Runs seeds on every core.
struct Search {
    struct Result {
        var tally = Tally()
        /// The first seed that broke an invariant.
        var failure: UInt64?
    }

    /// Seeds that one task takes at a time.
    private static let batch: UInt64 = 500

    let options: Options

    init(_ options: Options) { self.options = options }

    /// Runs them all, or those before the first that fails and few more.
    func run() async -> Result {
        let last = options.from + options.seeds - 1
        var next = options.from
        return await withTaskGroup(of: Result.self) { group in
            var result = Result()
            func startBatch() {
                guard next <= last, result.failure == nil else { return }
                let seeds = next...min(last, next + Self.batch - 1)
                next = seeds.upperBound + 1
                group.addTask { [variant = options.variant] in Self.run(seeds, variant) }
            }
            for _ in 0..<ProcessInfo.processInfo.activeProcessorCount { startBatch() }
            for await part in group {
                result.tally += part.tally
                result.failure = [result.failure, part.failure].compactMap(\.self).min()
                startBatch()
            }
            return result
        }
    }

    private static func run(_ seeds: ClosedRange<UInt64>, _ variant: Variant?) -> Result {
        var result = Result()
        for seed in seeds {
            let outcome = Simulation.run(seed: seed, variant: variant)
            result.tally += outcome.tally
            if outcome.violation != nil {
                result.failure = seed
                break
            }
        }
        return result
    }
}
