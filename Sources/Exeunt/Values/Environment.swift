package import Settlement

/// What a decision needs from outside, given as values so that a test can hold it still.
package struct Environment: Sendable {
    /// The wall clock.
    package var now: @Sendable () -> Timestamp
    /// The clock that never goes back, and goes on while the machine sleeps.
    package var moment: @Sendable () -> Moment
    /// That many bytes from a cryptographically secure generator.
    package var randomBytes: @Sendable (_ count: Int) -> [UInt8]

    package init(
        now: @escaping @Sendable () -> Timestamp, moment: @escaping @Sendable () -> Moment,
        randomBytes: @escaping @Sendable (_ count: Int) -> [UInt8]
    ) {
        self.now = now
        self.moment = moment
        self.randomBytes = randomBytes
    }

    /// Both clocks.
    package func reading() -> ClockReading { ClockReading(moment: moment(), wall: now().milliseconds) }

    /// A fresh random identifier, of 127 bits: its first bit is 0, so that its text never begins with a hyphen, which a
    /// command line would take for an option.
    package func identifier() -> Identifier {
        let bytes = randomBytes(16)
        return Identifier(
            high: bytes[0..<8].reduce(0) { $0 << 8 | UInt64($1) } & UInt64.max >> 1,
            low: bytes[8..<16].reduce(0) { $0 << 8 | UInt64($1) })
    }
}
