/// What always holds, whatever happens.
package enum Invariant: Int, CaseIterable, Sendable, CustomStringConvertible {
    case noAcceptAfterSettled = 1
    case noResurrection
    case noFalseKill
    case nothingLost
    case progress
    case boundedState

    package var description: String {
        switch self {
        case .noAcceptAfterSettled: "invariant 1, no accept after settled"
        case .noResurrection: "invariant 2, no resurrection"
        case .noFalseKill: "invariant 3, no false kill"
        case .nothingLost: "invariant 4, nothing lost"
        case .progress: "invariant 5, progress"
        case .boundedState: "invariant 6, bounded state"
        }
    }
}

/// An invariant that did not hold, and how.
package struct Violation: Error, Sendable, CustomStringConvertible {
    package let invariant: Invariant
    package let what: String

    package var description: String { "\(invariant): \(what)" }
}
