internal import Foundation
internal import Simulation

let options: Options
do {
    options = try Options(CommandLine.arguments.dropFirst())
} catch {
    FileHandle.standardError.write(Data("\(error)\n\(Options.usage)\n".utf8))
    exit(2)
}

if let seed = options.seed {
    print(Simulation.history(seed: seed, variant: options.variant))
    exit(Simulation.run(seed: seed, variant: options.variant).violation == nil ? 0 : 1)
}

let clock = ContinuousClock()
let start = clock.now
let result = await Search(options).run()
let seconds = Double((clock.now - start) / .milliseconds(1)) / 1000

if let seed = result.failure {
    print(Simulation.history(seed: seed, variant: options.variant))
    let variant = options.variant.map { " --variant \($0)" } ?? ""
    print("\nThe first seed that fails is \(seed): scripts/simulate.sh --seed \(seed)\(variant) tells this again.")
    exit(1)
}
print(result.tally)
print("\n\(options.seeds) seeds from \(options.from) in \(seconds) s: every invariant held.")
