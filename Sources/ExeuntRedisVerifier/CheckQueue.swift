internal import RedisLink
internal import Settlement

/// Checks that wait for the next round trip: a value that says when one is to begin.
struct CheckQueue: Sendable {
    typealias Tell = @Sendable (Result<DenylistAnswer, RedisFailure>) -> Void

    struct Check: Sendable {
        var claims: TokenClaims
        var tell: Tell
    }

    /// What to do with a check that has come.
    enum Admission: Hashable, Sendable {
        /// Begin a round trip.
        case begin
        /// One is under way; it is in the next.
        case later
        /// Too many wait, or Redis is left alone after a failure.
        case refused
    }

    private var checks: [Check] = []
    private var isUnderWay = false
    private var restsUntil = Moment(milliseconds: .min)

    mutating func add(_ check: Check, at now: Moment) -> Admission {
        guard now >= restsUntil, checks.count < RedisCheckLimits.waiting else { return .refused }
        checks.append(check)
        defer { isUnderWay = true }
        return isUnderWay ? .later : .begin
    }

    /// Takes out what goes in one round trip; when it is nothing, none is under way any more.
    mutating func take() -> [Check] {
        let taken = Array(checks.prefix(RedisCheckLimits.perRoundTrip))
        checks.removeFirst(taken.count)
        isUnderWay = !taken.isEmpty
        return taken
    }

    /// Redis has failed: it is left alone for a moment, and whoever waits is told.
    mutating func failed(at now: Moment) -> [Check] {
        restsUntil = now + RedisCheckLimits.restMilliseconds
        defer { checks = [] }
        return checks
    }
}
