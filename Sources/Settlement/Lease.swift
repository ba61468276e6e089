/// Leave to answer from memory, counted by whoever holds it from before the moment at which it asked.
package struct Lease: Hashable, Sendable {
    /// What the clocks of its holder said when it asked.
    package var asked: ClockReading
    package var milliseconds: Int64

    package init(asked: ClockReading, milliseconds: Int64) {
        self.asked = asked
        self.milliseconds = milliseconds
    }

    /// When it ends, if nothing voids it.
    package var end: Moment { asked.moment + milliseconds }

    /// Whether its holder may answer from memory now.
    ///
    /// The monotonic clock of a suspended or migrated machine may have stood still while leases ran out elsewhere. The wall
    /// clock is set right afterwards; so where the two disagree by more than ``tolerance(of:)`` the lease is void.
    package func isLive(at now: ClockReading) -> Bool {
        let disagreement = (now.wall - asked.wall) - (now.moment - asked.moment)
        return now.moment < end && abs(disagreement) <= Self.tolerance(of: milliseconds)
    }

    /// How far the two clocks of its holder may come to disagree, in milliseconds: one part in a hundred, and two because each is
    /// read to the millisecond below.
    package static func tolerance(of milliseconds: Int64) -> Int64 { milliseconds / 100 + 2 }

    /// How much longer than its holder the authority reckons a lease, in milliseconds.
    ///
    /// It covers a clock of the holder that has stood still for less than ``tolerance(of:)``, which is not noticed, and with that
    /// a clock of the authority that is fast by one part in two hundred; or else two clocks that run apart by twice that. No working
    /// clock does. Each is read to the millisecond below.
    package static func margin(of milliseconds: Int64) -> Int64 { milliseconds / 50 + 4 }

    /// The longest lease that has ended, with its margin, when so many milliseconds have passed; 0 when there is none.
    package static func longest(within milliseconds: Int64) -> Int64 { max(0, (milliseconds - 4) * 50 / 51) }
}

/// How long leases are.
package struct LeaseTerms: Hashable, Sendable {
    /// What a verifier gets that asks for nothing else, in milliseconds.
    package var standardMilliseconds: Int64
    /// The most that one gets, in milliseconds: the worst case of settling.
    package var longestMilliseconds: Int64

    /// The most that an operator can allow, in milliseconds.
    package static let longestThinkableMilliseconds: Int64 = 3_600_000

    package init(standardMilliseconds: Int64 = 3000, longestMilliseconds: Int64 = 60_000) {
        self.standardMilliseconds = standardMilliseconds
        self.longestMilliseconds = longestMilliseconds
    }

    /// What a verifier gets that asks for so much, in milliseconds.
    package func granted(_ wanted: Int64?) -> Int64 {
        min(max(wanted ?? standardMilliseconds, 1), longestMilliseconds)
    }
}
