internal import Settlement

extension World {
    /// Faults have ended long ago: all is settled, everybody has caught up, and says what is so of every token.
    mutating func everythingHasComeRight() {
        for node in nodes.indices where nodes[node].process == nil {
            return checker.breaks(.progress, "at the end node \(node + 1) is not there")
        }
        checker.restarted(with: store)
        if checker.settled < store.head {
            checker.breaks(
                .progress, "at the end the log is settled through \(checker.settled), and goes through \(store.head)")
        }
        for verifier in verifiers.indices {
            hasCaughtUp(verifier)
            for token in checker.tokens.indices { show(token, to: verifier) }
        }
    }

    private mutating func hasCaughtUp(_ verifier: Int) {
        guard let process = verifiers[verifier].process else {
            return checker.breaks(.progress, "at the end verifier \(verifier + 1) is not there")
        }
        let (state, reading) = (process.state, verifiers[verifier].read(at: now))
        let isFollowing = nodes.contains { $0.process?.state.node == state.node }
        guard !isFollowing || state.applied < store.head || !state.hasLease(at: reading) else {
            return
        }
        checker.breaks(
            .progress,
            "at the end verifier \(verifier + 1) has applied the log through \(state.applied) of \(store.head), and has "
                + (state.hasLease(at: reading) ? "a lease" : "no lease"))
    }
}
