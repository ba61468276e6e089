import Settlement

/// What is settled, straight from the definition: every lease that was granted and everything that was acknowledged is kept, and looked
/// through for each record of the log.
struct NaiveAuthority {
    struct Grant {
        var follower: Identifier
        var through: UInt64
        var end: Moment
    }

    var head: UInt64 = 0
    private(set) var grants: [Grant] = []
    private(set) var acknowledged: [Identifier: UInt64] = [:]

    mutating func acknowledges(_ follower: Identifier, _ seq: UInt64) {
        acknowledged[follower] = max(acknowledged[follower] ?? 0, seq)
    }

    mutating func granted(_ milliseconds: Int64, to follower: Identifier, through: UInt64, at now: Moment) {
        grants.append(
            Grant(follower: follower, through: through, end: now + milliseconds + Lease.margin(of: milliseconds)))
    }

    mutating func handedBack(by follower: Identifier) {
        grants.removeAll { $0.follower == follower }
        acknowledged[follower] = nil
    }

    mutating func forgets(_ follower: Identifier) { acknowledged[follower] = nil }

    /// A record is settled when nobody who lacks it holds a lease that was granted without it.
    func isSettled(_ seq: UInt64, at now: Moment) -> Bool {
        !grants.contains { $0.end > now && lacks($0, seq) }
    }

    func settledThrough(at now: Moment) -> UInt64 {
        var seq: UInt64 = 0
        while seq < head, isSettled(seq + 1, at: now) { seq += 1 }
        return seq
    }

    func settlesBy(_ seq: UInt64, at now: Moment) -> Moment {
        grants.filter { lacks($0, seq) }.reduce(now) { max($0, $1.end) }
    }

    /// How many live leases a follower has whose log it has not acknowledged, and of how different a log.
    func openGrants(of follower: Identifier, at now: Moment) -> Int {
        let known = acknowledged[follower] ?? 0
        return Set(grants.filter { $0.follower == follower && $0.end > now && $0.through > known }.map(\.through)).count
    }

    private func lacks(_ grant: Grant, _ seq: UInt64) -> Bool {
        grant.through < seq && acknowledged[grant.follower] ?? 0 < seq
    }
}
