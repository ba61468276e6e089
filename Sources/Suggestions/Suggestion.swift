/// Guesses what somebody meant to write.
package enum Suggestion {
    /// The candidate that a text most probably stands for, if there is a plausible one.
    package static func nearest(to text: String, among candidates: [String]) -> String? {
        let text = text.lowercased()
        let scored = candidates.map { candidate -> (candidate: String, cost: Int) in
            let lowered = candidate.lowercased()
            if lowered.hasPrefix(text + "_") || lowered.hasSuffix("." + text) || text.hasPrefix(lowered + ".") {
                return (candidate, 1)
            }
            return (candidate, distance(text, lowered))
        }
        guard let best = scored.min(by: { $0.cost < $1.cost }), best.cost <= max(2, text.count / 3) else { return nil }
        return best.candidate
    }

    /// How many characters must be put in, taken out, changed or swapped with their neighbour to make one of the other.
    package static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left), Array(right))
        var before: [Int] = []
        var previous = Array(0...right.count)
        for (row, a) in left.enumerated() {
            var current = [row + 1]
            for (column, b) in right.enumerated() {
                var cost = min(previous[column + 1], current[column]) + 1
                cost = min(cost, previous[column] + (a == b ? 0 : 1))
                if row > 0, column > 0, a == right[column - 1], left[row - 1] == b {
                    cost = min(cost, before[column - 1] + 1)
                }
                current.append(cost)
            }
            (before, previous) = (previous, current)
        }
        return previous.last ?? 0
    }
}
