internal import ArgumentParser
internal import Exeunt

/// A moment as somebody types it: a date, a date with a time, or how long ago.
enum MomentArgument: ExpressibleByArgument, Hashable, Sendable {
    case at(Timestamp)
    case ago(Duration)

    /// The forms that it takes, for help.
    static let forms = "a date (2026-01-31), a time (2026-01-31T09:30:00Z), or how long ago (90s, 15m, 2h, 7d)"

    init?(argument: String) {
        if let unit = argument.last, let seconds = Self.units[unit] {
            guard let count = Int64(argument.dropLast()), (0...1_000_000).contains(count) else { return nil }
            self = .ago(.seconds(count * seconds))
        } else if let moment = Timestamp(argument) {
            self = .at(moment)
        } else {
            return nil
        }
    }

    private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]

    /// The moment, seen from `now`.
    func resolved(at now: Timestamp) -> Timestamp {
        switch self {
        case .at(let moment): moment
        case .ago(let duration): now - duration
        }
    }
}
