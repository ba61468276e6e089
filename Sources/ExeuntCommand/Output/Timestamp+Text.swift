internal import Exeunt
internal import Foundation

extension Timestamp {
    /// The moment in UTC to the millisecond (RFC 3339): `2025-11-22T22:31:07.042Z`.
    var text: String { date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }

    /// The moment in UTC to the second.
    var shortText: String { date.formatted(Date.ISO8601FormatStyle()) }

    /// The moment of a date and time with its zone (RFC 3339), or of the beginning of a date in UTC; nil for any other.
    init?(_ text: String) {
        let styles = [
            Date.ISO8601FormatStyle(includingFractionalSeconds: true), Date.ISO8601FormatStyle(),
        ]
        let upper = text.uppercased()
        let whole = upper.contains("T") ? upper : upper + "T00:00:00Z"
        guard let date = styles.lazy.compactMap({ try? $0.parse(whole) }).first else { return nil }
        self.init(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
    }

    private var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }
}
