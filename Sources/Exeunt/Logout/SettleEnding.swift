internal import Settlement

extension Authority {
    /// The receipt of what has been ended, once it is settled or the caller's patience is at its end.
    ///
    /// Whoever ends what is over already waits as whoever has ended it does: its record may still be on its way.
    func receipt(of ended: Ended) async throws(AuthorityError) -> LogoutReceipt {
        let seq: UInt64
        if let last = ended.seq { seq = last } else { seq = try await store.head() }
        guard let followers else { return LogoutReceipt(ended, try await settleElsewhere(seq)) }
        async let deliveries = deliveries(through: seq)
        return LogoutReceipt(ended, await followers.settle(seq, patience: patience), await deliveries)
    }

    /// Waits for the nodes that serve those who follow, in a process that nobody follows.
    private func settleElsewhere(_ seq: UInt64) async throws(AuthorityError) -> Settling {
        var peers = PeersState()
        let since = environment.moment()
        for left in (0..<Limits.commandLooks).reversed() {
            let look = peers.beginLook()
            peers.looked(look, others: try await store.nodes(), at: environment.moment())
            let now = environment.moment()
            if peers.isSettled(seq, committedBy: since, since: look, at: now) {
                return .settled(afterMilliseconds: now - since)
            }
            guard left > 0, patience != .none, (try? await Task.sleep(for: Limits.nodeGrain.most)) != nil else { break }
        }
        let now = environment.moment()
        let by = peers.settlesBy(seq, committedBy: since, at: now)
        return .pending(settlesBy: environment.now() + .milliseconds(by - now))
    }

    /// How far the log has come at the mirror, once it is there or the caller's patience is at its end.
    private func deliveries(through seq: UInt64) async -> Deliveries {
        guard let mirror else { return .none }
        return Deliveries(await mirror.deliver(through: seq, patience: patience))
    }
}
