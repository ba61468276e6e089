internal import Foundation
package import Settlement

/// Time and chance, given as values so that a test can hold them still.
package struct VerifierEnvironment: Sendable {
    /// Both clocks; the monotonic one goes on while the machine sleeps.
    package var reading: @Sendable () -> ClockReading
    /// What pauses are slept by.
    package var clock: any Clock<Duration>
    /// 64 bits that nobody can foresee.
    package var random: @Sendable () -> UInt64

    package init(
        reading: @escaping @Sendable () -> ClockReading, clock: any Clock<Duration>,
        random: @escaping @Sendable () -> UInt64
    ) {
        self.reading = reading
        self.clock = clock
        self.random = random
    }

    /// This machine's.
    package static let live = VerifierEnvironment(
        reading: {
            ClockReading(
                moment: Moment(milliseconds: milliseconds(of: monotonic)), wall: milliseconds(of: CLOCK_REALTIME))
        }, clock: ContinuousClock(),
        random: {
            var generator = SystemRandomNumberGenerator()
            return generator.next()
        })

    #if os(Linux)
        private static let monotonic = CLOCK_BOOTTIME
    #else
        // Darwin's goes on during sleep, unlike Linux's of the same name.
        private static let monotonic = CLOCK_MONOTONIC_RAW
    #endif

    private static func milliseconds(of clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// A fresh random identifier.
    func identifier() -> Identifier { Identifier(high: random(), low: random()) }
}

extension Duration {
    /// The duration in seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
