/// How often things happened, so that one can see that they did.
package struct Tally: Sendable {
    package enum Kind: Int, CaseIterable, Sendable {
        case events, logouts, settledByWord, settledByTime, settledAmongOthers, commands, settledByCommands, tokensShown
        case tokensRefused, partialAnswers, answersOfNoUse, repeatedPolls, moves, leasesCutShort, looks, renewals
        case renewalsTooLate, nodesRemoved, answersOfStoreLost, cutsFromStore, failovers, nodeCrashes, commitsUnheard
        case nodesStopped, verifierCrashes, handBacks, pauses, suspensions, wallClocksSet, partitions, recordsDropped

        var words: String {
            switch self {
            case .events: "events"
            case .logouts: "logouts committed"
            case .settledByWord: "  settled as the last verifier acknowledged, or gave its lease back"
            case .settledByTime: "  settled as a lease ended, or other nodes were seen to have settled it"
            case .settledAmongOthers: "  of those, where there were other nodes"
            case .commands: "logouts by command"
            case .settledByCommands: "  settled as its process saw"
            case .tokensShown: "access tokens shown to verifiers"
            case .tokensRefused: "  ended ones refused"
            case .partialAnswers: "answers that did not reach the head"
            case .answersOfNoUse: "answers that a verifier had no use for"
            case .repeatedPolls: "polls given up"
            case .moves: "moves of verifiers to another node"
            case .leasesCutShort: "leases cut short, to end with the node's own"
            case .looks: "looks at other nodes"
            case .renewals: "renewals of nodes' leases"
            case .renewalsTooLate: "  that came to the store when the node had given them up"
            case .nodesRemoved: "rows of nodes removed"
            case .answersOfStoreLost: "commits and renewals whose answers did not come"
            case .cutsFromStore: "nodes cut from the store"
            case .failovers: "failovers of the store"
            case .nodeCrashes: "crashes of nodes"
            case .commitsUnheard: "  commits that they had not heard of"
            case .nodesStopped: "nodes stopped"
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
