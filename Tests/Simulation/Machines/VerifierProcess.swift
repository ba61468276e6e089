internal import Settlement

/// One life of an application server's process.
final class VerifierProcess {
    var state: FollowerState
    /// The node that it follows, by the number of its machine.
    var home: Int
    /// The lease that it asks for, in milliseconds; nil for the usual.
    var leaseMilliseconds: Int64?
    /// Whether it asks for another one at times.
    let isFickle: Bool
    /// For how long it accepts a token beyond its expiry, in milliseconds, because clocks differ.
    let leewayMilliseconds: Int64
    /// How long it waits for an answer, where that is too short.
    let hastyPatience: Span?
    /// How many polls it has sent, and whether it waits for an answer to the last.
    var polls = 0
    var isWaiting = false
    /// The lease that it took that lasts longest, as it was granted, and when it had asked for that.
    private(set) var granted: (lease: Lease, askedAt: Instant)?
    /// It accepts nothing any more, and is about to end.
    var isStopping = false
    /// How far it says that it has applied the log, where ``Variant/acknowledgesBeforeApplying`` says more than it has.
    var ahead: (node: Identifier, through: UInt64)?

    init(
        id: Identifier, home: Int, leaseMilliseconds: Int64?, isFickle: Bool, leewayMilliseconds: Int64,
        hastyPatience: Span?
    ) {
        state = FollowerState(id: id)
        self.home = home
        self.leaseMilliseconds = leaseMilliseconds
        self.isFickle = isFickle
        self.leewayMilliseconds = leewayMilliseconds
        self.hastyPatience = hastyPatience
    }

    /// Notes a lease; those that were asked for before `steady` do not count.
    func took(_ lease: Lease, askedAt: Instant, steadySince steady: Instant) {
        if let held = granted, held.askedAt > steady, held.lease.end > lease.end { return }
        granted = (lease, askedAt)
    }
}
