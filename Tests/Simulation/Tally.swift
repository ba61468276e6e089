/// How often things happened, so that one can see that they did.
package struct Tally: Sendable {
    package enum Kind: Int, CaseIterable, Sendable {
        case events, logouts, settledByWord, settledByTime, tokensShown, tokensRefused, partialAnswers, answersOfNoUse
        case repeatedPolls, authorityCrashes, verifierCrashes, handBacks, pauses, suspensions, wallClocksSet, partitions
        case recordsDropped, commitsUnheard

        var words: String {
            switch self {
            case .events: "events"
            case .logouts: "logouts committed"
            case .settledByWord: "  settled as the last verifier acknowledged, or gave its lease back"
            case .settledByTime: "  settled as a lease ended, or the wait after a restart"
            case .tokensShown: "access tokens shown to verifiers"
            case .tokensRefused: "  ended ones refused"
            case .partialAnswers: "answers that did not reach the head"
            case .answersOfNoUse: "answers that a verifier had no use for"
            case .repeatedPolls: "polls given up"
            case .authorityCrashes: "crashes of the authority"
            case .commitsUnheard: "  commits that it had not heard of"
            case .verifierCrashes: "crashes of verifiers"
            case .handBacks: "leases handed back"
            case .pauses: "processes paused"
            case .suspensions: "machines suspended"
            case .wallClocksSet: "wall clocks set"
            case .partitions: "partitions"
            case .recordsDropped: "records dropped by verifiers"
            }
        }
    }

    private var counts = [Int](repeating: 0, count: Kind.allCases.count)

    package init() {}

    package subscript(kind: Kind) -> Int {
        get { counts[kind.rawValue] }
        set { counts[kind.rawValue] = newValue }
    }

    package static func += (total: inout Tally, more: Tally) {
        for kind in Kind.allCases { total[kind] += more[kind] }
    }
}

extension Tally: CustomStringConvertible {
    package var description: String {
        Kind.allCases.map { kind in
            let count = String(self[kind])
            return String(repeating: " ", count: max(0, 12 - count.count)) + count + "  " + kind.words
        }.joined(separator: "\n")
    }
}
