internal import Exeunt
internal import Foundation
internal import Settlement

extension Timestamp {
    /// How long ago this is, in words.
    func ago(at now: Timestamp) -> String {
        let seconds = max(0, now.since(self).milliseconds / 1000)
        func words(_ count: Int64, _ unit: String) -> String { "\(count) \(unit)\(count == 1 ? "" : "s") ago" }
        return switch seconds {
        case ..<60: "just now"
        case ..<3600: words(seconds / 60, "minute")
        case ..<86_400: words(seconds / 3600, "hour")
        default: words(seconds / 86_400, "day")
        }
    }

    /// The time of day, in UTC, to the second.
    var timeOfDay: String { "\(rfc3339.dropFirst(11).prefix(8)) UTC" }

    /// The moment in words, in UTC, for a title; a script may put it into the reader's own zone.
    var exact: String {
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        return date.formatted(
            Date.VerbatimFormatStyle(
                format: """
                    \(day: .defaultDigits) \(month: .wide) \(year: .defaultDigits), \
                    \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits) UTC
                    """,
                locale: Locale(identifier: "en_GB"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian)))
    }
}
