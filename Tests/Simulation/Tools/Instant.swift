/// A moment of true time, which no process of the simulation can read: microseconds since the run began.
struct Instant: Hashable, Comparable, Sendable {
    var microseconds: Int64

    static let start = Instant(microseconds: 0)

    static func < (a: Instant, b: Instant) -> Bool { a.microseconds < b.microseconds }

    static func + (instant: Instant, span: Span) -> Instant {
        Instant(microseconds: instant.microseconds + span.microseconds)
    }

    static func - (a: Instant, b: Instant) -> Span { Span(microseconds: a.microseconds - b.microseconds) }
}

/// Moments in a history: "12.034 s".
extension Instant: CustomStringConvertible {
    var description: String { Self.seconds(milliseconds: microseconds / 1000) }

    /// So many milliseconds, in seconds: "12.034 s".
    static func seconds(milliseconds: Int64) -> String {
        let fraction = String(abs(milliseconds) % 1000)
        let sign = milliseconds < 0 ? "-" : ""
        return "\(sign)\(abs(milliseconds) / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction) s"
    }
}
