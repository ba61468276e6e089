/// The same random numbers from the same seed, on every machine (SplitMix64; Steele, Lea and Flood, 2014).
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number of the range, each as likely as any other.
    package mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
        let size = UInt64(range.upperBound - range.lowerBound) + 1
        return range.lowerBound + Int64(next().multipliedFullWidth(by: size).high)
    }

    /// Whether something happens that happens so many times in a hundred.
    package mutating func percent(_ likelihood: Int64) -> Bool { number(0...99) < likelihood }

    package mutating func index(below count: Int) -> Int { Int(number(0...Int64(count) - 1)) }
}
