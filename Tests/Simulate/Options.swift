internal import Simulation

/// What the command line asks for.
struct Options {
    struct Misuse: Error, CustomStringConvertible {
        let description: String
    }

    static let usage = """
        usage: Simulate [--seeds N] [--from SEED] [--variant NAME]     runs so many seeds
               Simulate --seed SEED [--variant NAME]                   tells the history of one
        variants: \(Variant.allCases.map(\.rawValue).joined(separator: " "))
        """

    var seeds: UInt64 = 100_000
    var from: UInt64 = 1
    /// The one seed whose history is wanted.
    var seed: UInt64?
    var variant: Variant?

    init(_ arguments: some Sequence<String>) throws {
        var arguments = Array(arguments)[...]
        while let name = arguments.popFirst() {
            guard let value = arguments.popFirst() else {
                throw Misuse(description: "\(name) needs a value, or is none of ours")
            }
            switch name {
            case "--seeds": seeds = max(1, try Self.number(value))
            case "--from": from = try Self.number(value)
            case "--seed": seed = try Self.number(value)
            case "--variant":
                guard let known = Variant(rawValue: value) else {
                    throw Misuse(description: "there is no variant \(value)")
                }
                variant = known
            default: throw Misuse(description: "there is no option \(name)")
            }
        }
    }

    private static func number(_ text: String) throws -> UInt64 {
        guard let number = UInt64(text) else { throw Misuse(description: "\(text) is not a number of a seed") }
        return number
    }
}
