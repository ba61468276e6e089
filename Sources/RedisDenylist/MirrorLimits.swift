/// Every cap of the mirror, with its unit and its reason.
package enum MirrorLimits {
    /// Records in one call of the script, which keeps Redis from everything else while it runs: a millisecond or two.
    package static let recordsPerCall = 500
    /// How long one command may take; a Redis that takes longer is taken for lost.
    package static let commandMilliseconds = 2000
    /// How far the clocks of Redis and of this machine may be apart, in milliseconds, with the way of a command counted in.
    ///
    /// Records are kept 30 seconds longer than any checker accepts what they end, so a clock that is fast by this and a lease loses
    /// nothing.
    package static let clockMilliseconds: Int64 = 2000
    /// The shortest lease that can be renewed in time over a network, in milliseconds.
    package static let shortestLease = 1000
    /// The longest lease, in milliseconds.
    ///
    /// A step of Redis' clock that is shorter than a lease may go unnoticed, and with the allowed difference it stays below the 30 seconds
    /// by which records outlast what they end.
    package static let longestLease = 20_000
    /// How long a filling from the beginning may pause between two calls, in milliseconds; as for the longest lease.
    package static let fillingMilliseconds: Int64 = 20_000
    /// Calls in a row that found the mirror elsewhere than it was thought to be; then somebody else writes there, and there is a pause.
    package static let callsWithoutProgress = 8
    /// The first and the longest pause before Redis is tried again.
    package static let firstPause: Duration = .milliseconds(50)
    package static let longestPause: Duration = .seconds(1)
}
