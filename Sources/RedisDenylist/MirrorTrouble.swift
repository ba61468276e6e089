/// Why a Redis that answers cannot be mirrored into.
enum MirrorTrouble: Error, Hashable, Sendable, CustomStringConvertible {
    case clockIsOff(milliseconds: Int64)
    case somebodyElse

    var description: String {
        switch self {
        case .clockIsOff(let milliseconds):
            "Redis' clock is \(abs(milliseconds)) ms \(milliseconds < 0 ? "behind" : "ahead"), or a command took so long"
        case .somebodyElse: "somebody else writes another log there; give each authority a redis.prefix of its own"
        }
    }
}
