/// What a verifier knows, and until when it may say so.
///
/// It does nothing by itself: it is told what time it is and what has arrived.
package struct FollowerState: Sendable {
    /// What may be said of a token.
    package enum Verdict: Hashable, Sendable {
        /// Nothing has ended it, and there is a lease to say so.
        case live
        /// Something has ended it; no lease is needed to know that.
        case over
        /// There is no lease, so there is no knowing.
        case unknown
    }

    package let id: Identifier
    package private(set) var revocations = RevocationSet()
    /// The `seq` through which the log of ``node`` is applied.
    package private(set) var applied: UInt64 = 0
    package private(set) var node: Identifier?
    package private(set) var lease: Lease?
    private var isStopped = false

    package init(id: Identifier) { self.id = id }

    /// What to ask next; whoever asks notes what its clocks say just before.
    package func poll(leaseMilliseconds: Int64? = nil) -> FeedPoll {
        FeedPoll(follower: id, node: node, after: applied, leaseMilliseconds: leaseMilliseconds)
    }

    /// Takes an answer, and says whether it was of use; `asked` is what the clocks said just before the poll was sent.
    ///
    /// An answer to a poll that was given up is as good as any other when it leaves no gap and does not go back. Records are
    /// only ever added, never taken back by an answer, so none is forgotten before its time whatever a node says.
    package mutating func receive(_ answer: FeedAnswer, asked: ClockReading, at now: ClockReading) -> Bool {
        guard !isStopped else { return false }
        if answer.node == node {
            guard answer.after <= applied, answer.through >= applied else { return false }
        } else {
            // Another node numbers its answers from the start, or they are not meant for us.
            guard answer.after == 0 else { return false }
        }
        for revocation in answer.revocations { revocations.insert(revocation) }
        node = answer.node
        applied = answer.through
        revocations.dropExpired(at: now.wall)
        if answer.leaseMilliseconds > 0 {
            let granted = Lease(asked: asked, milliseconds: answer.leaseMilliseconds)
            if lease.map({ granted.end >= $0.end || !$0.isLive(at: now) }) ?? true { lease = granted }
        }
        return true
    }

    /// What may be said now of a token that has not expired at ``wall(at:)``.
    package func verdict(on claims: TokenClaims, at now: ClockReading) -> Verdict {
        if revocations.isOver(claims) { return .over }
        return hasLease(at: now) ? .live : .unknown
    }

    package func hasLease(at now: ClockReading) -> Bool { lease?.isLive(at: now) ?? false }

    /// The moment by which tokens expire, in milliseconds since 1970: a clock that is set back does not revive a token whose record
    /// has been dropped.
    package func wall(at now: ClockReading) -> Int64 { max(now.wall, revocations.droppedThrough) }

    /// Gives up the lease for good; the authority may be told only afterwards.
    package mutating func stop() {
        isStopped = true
        lease = nil
    }
}
