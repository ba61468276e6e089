internal import Settlement

extension Authority {
    /// The receipt of what has been ended, once it is settled or the caller's patience is at its end.
    ///
    /// Whoever ends what is over already waits as whoever has ended it does: its record may still be on its way.
    func receipt(of ended: Ended) async throws(AuthorityError) -> LogoutReceipt {
        let seq: UInt64
        if let last = ended.seq { seq = last } else { seq = try await store.head() }
        guard let followers else {
            var deliveries = Deliveries.none
            deliveries.add(await told(of: ended, patience: .none))
            return LogoutReceipt(ended, try await settleElsewhere(seq), deliveries)
        }
        async let mirrored = mirrored(through: seq, patience: patience)
        async let told = told(of: ended, patience: .none)
        let settling = await followers.settle(seq, patience: patience)
        var deliveries = await mirrored
        deliveries.add(await told)
        return LogoutReceipt(ended, settling, deliveries)
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
}
