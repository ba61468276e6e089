internal import Settlement

/// A moment of the wall clock, in whole milliseconds since 1970-01-01 UTC.
package struct Timestamp: Hashable, Comparable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// A NumericDate (RFC 7519 §2).
    package init(seconds: Int64) { self.init(milliseconds: seconds * 1000) }

    /// Whole seconds since 1970, rounded down: a NumericDate (RFC 7519 §2).
    package var seconds: Int64 { milliseconds.quotientAndRemainder(dividingBy: 1000).quotient }

    package static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }

    package static func + (moment: Self, duration: Duration) -> Self {
        Self(milliseconds: moment.milliseconds + duration.milliseconds)
    }

    package static func - (moment: Self, duration: Duration) -> Self {
        Self(milliseconds: moment.milliseconds - duration.milliseconds)
    }

    /// How long after `other` this moment is; negative when it is before.
    package func since(_ other: Self) -> Duration { .milliseconds(milliseconds - other.milliseconds) }
}
