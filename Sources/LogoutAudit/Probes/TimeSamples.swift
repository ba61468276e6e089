/// Two rows of times, and whether they differ.
struct TimeSamples: Sendable {
    var left: [Duration] = []
    var right: [Duration] = []

    struct Difference: Hashable, Sendable {
        /// Whether the left one is slower.
        var isSlower: Bool
        /// Between the medians.
        var amount: Duration
    }

    /// What is left of chance: more than a third and two milliseconds between the medians, and hardly an overlap in order
    /// (Mann and Whitney, beyond three standard deviations).
    var difference: Difference? {
        guard let a = Self.median(left), let b = Self.median(right) else { return nil }
        let amount = a > b ? a - b : b - a
        guard amount > .milliseconds(2), amount > min(a, b) / 3 else { return nil }
        var wins = 0.0
        for x in left { for y in right { wins += x > y ? 1 : x == y ? 0.5 : 0 } }
        let (m, n) = (Double(left.count), Double(right.count))
        let deviation = (m * n * (m + n + 1) / 12).squareRoot()
        guard abs(wins - m * n / 2) > 3 * deviation else { return nil }
        return Difference(isSlower: a > b, amount: amount)
    }

    private static func median(_ times: [Duration]) -> Duration? {
        times.isEmpty ? nil : times.sorted()[times.count / 2]
    }
}
