internal import Settlement

extension Authority {
    /// The receipt of what has been ended, once it is settled or the caller's patience is at its end.
    ///
    /// Whoever ends what is over already waits as whoever has ended it does: its record may still be on its way.
    func receipt(of ended: Ended) async throws(AuthorityError) -> LogoutReceipt {
        if let followers {
            let seq: UInt64
            if let last = ended.seq { seq = last } else { seq = try await store.head() }
            async let deliveries = deliveries(through: seq)
            return LogoutReceipt(ended, await followers.settle(seq, patience: patience), await deliveries)
        }
        // Another process serves those who follow. It settles this within the longest lease that it may have granted without it: a
        // longer one than it finds here it grants only when it has read the log once more.
        let lease = try await store.longestLease()
        if lease == 0 { return LogoutReceipt(ended, .settled(afterMilliseconds: 0)) }
        let wait = Limits.headGrain + .milliseconds(lease + Lease.margin(of: lease)) + Limits.leaseGrain
        return LogoutReceipt(ended, .pending(settlesBy: environment.now() + wait))
    }

    /// How far the log has come at the mirror, once it is there or the caller's patience is at its end.
    private func deliveries(through seq: UInt64) async -> Deliveries {
        guard let mirror else { return .none }
        return Deliveries(await mirror.deliver(through: seq, patience: patience))
    }
}
