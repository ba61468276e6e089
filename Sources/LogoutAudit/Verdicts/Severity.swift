/// How bad it is when a probe fails.
package enum Severity: String, CaseIterable, Comparable, Hashable, Sendable {
    case low, medium, high, critical

    package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// What a failure takes off the score of 100.
    var weight: Int {
        switch self {
        case .critical: 40
        case .high: 20
        case .medium: 10
        case .low: 4
        }
    }
}
