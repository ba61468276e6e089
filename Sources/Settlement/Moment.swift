/// A moment on the monotonic clock of one process, in whole milliseconds, rounded down.
///
/// It means nothing to any other process, and nothing after a restart.
package struct Moment: Hashable, Comparable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func < (a: Moment, b: Moment) -> Bool { a.milliseconds < b.milliseconds }

    package static func + (moment: Moment, milliseconds: Int64) -> Moment {
        Moment(milliseconds: moment.milliseconds + milliseconds)
    }

    /// Milliseconds from `b` to `a`.
    package static func - (a: Moment, b: Moment) -> Int64 { a.milliseconds - b.milliseconds }
}

/// Both clocks of a process, read together.
package struct ClockReading: Hashable, Sendable {
    /// The clock that never goes back.
    package var moment: Moment
    /// The clock that others agree with, and that somebody may set: milliseconds since 1970.
    package var wall: Int64

    package init(moment: Moment, wall: Int64) {
        self.moment = moment
        self.wall = wall
    }
}
