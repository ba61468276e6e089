internal import Settlement

extension Authority {
    /// The receipt of what has been ended, once it is settled or the caller's patience is at its end.
    func receipt(of ended: Ended) async throws(AuthorityError) -> LogoutReceipt {
        guard let seq = ended.seq else { return LogoutReceipt(ended, .settled(afterMilliseconds: 0)) }
        if let followers { return LogoutReceipt(ended, await followers.settle(seq, patience: patience)) }
        // Another process serves those who follow. It settles this within the longest lease that it may have granted.
        let lease = try await store.longestLease()
        if lease == 0 { return LogoutReceipt(ended, .settled(afterMilliseconds: 0)) }
        let wait = Limits.headGrain + .milliseconds(lease + Lease.margin(of: lease)) + Limits.leaseGrain
        return LogoutReceipt(ended, .pending(settlesBy: environment.now() + wait))
    }
}
