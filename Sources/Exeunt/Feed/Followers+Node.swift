internal import Settlement
internal import Synchronization

/// This node among the others: its lease at the store, what it tells them, and what it hears of them.
extension Followers {
    /// Makes sure that a lease of so many milliseconds can be granted, as far as the store lets it.
    ///
    /// Throws when the store does not answer and this node's own lease has ended; until then it grants what is left.
    func secure(_ lease: Int64) async throws(AuthorityError) {
        // Whoever joins a renewal that was begun for a shorter lease needs another one.
        for _ in 0..<2 where !state.withLock({ $0.node.covers(lease, at: environment.reading()) }) {
            do throws(AuthorityError) {
                try await renew(for: lease)
            } catch {
                if state.withLock({ $0.node.leaseEnd(at: environment.reading()) }) == nil { throw error }
            }
        }
    }

    /// Renews this node's lease, once for all who want it at the same time.
    ///
    /// The renewal is in a task that is nobody's child, because whoever began it may go away while others wait for it. It is one at
    /// a time, and ends by itself.
    private func renew(for lease: Int64) async throws(AuthorityError) {
        let renewal = renewing.withLock { renewing in
            if let renewing { return renewing }
            let renewal = Task {
                defer { self.renewing.withLock { $0 = nil } }
                try await write(for: lease)
            }
            renewing = renewal
            return renewal
        }
        do {
            try await renewal.value
        } catch {
            throw error as? AuthorityError ?? .overloaded
        }
    }

    private func write(for lease: Int64) async throws(AuthorityError) {
        let asked = environment.reading()
        let (node, look) = state.withLock { $0.renewal(for: lease, at: asked) }
        let found = try await store.renew(node)
        wake(state.withLock { $0.renewed(node, found, look: look, asked: asked, at: environment.moment()) })
    }

    /// Looks at the other nodes, and says which look that was; when the store does not answer, the keeper looks again.
    func lookAtOthers() async -> PeersState.Look {
        let look = state.withLock { $0.beginLook() }
        let nodes = try? await store.nodes()
        wake(
            state.withLock { state in
                let now = environment.moment()
                return nodes.map { state.looked(look, $0, at: now) } ?? state.couldNotLook(at: now)
            })
        return look
    }

    /// Does what the others wait for, and what waits for the others, whenever there is something.
    func keepNode() async {
        for await _ in keeper.stream {
            var pause = Limits.nodeGrain.least
            while await keepOnce() {
                guard (try? await clock.sleep(for: pause)) != nil else { return }
                pause = min(pause * 2, Limits.nodeGrain.most)
            }
        }
    }

    /// Says whether somebody waits for others still.
    private func keepOnce() async -> Bool {
        let now = environment.reading()
        // The others know that a renewal tells them of what has been settled.
        if state.withLock({ $0.isRenewalDue(at: now) }) { try? await renew(for: 0) }
        if let settled = state.withLock({ $0.news(at: now.moment) }) {
            await tellOthers(settled)
        }
        let gone = state.withLock { $0.gone(at: now.moment) }
        for node in gone { try? await store.remove(node) }
        if !gone.isEmpty { _ = await lookAtOthers() }
        guard state.withLock({ $0.waitsForOthers(at: now.moment) }), !Task.isCancelled else { return false }
        _ = await lookAtOthers()
        return state.withLock { $0.waitsForOthers(at: environment.moment()) }
    }

    private func tellOthers(_ settled: UInt64) async {
        do {
            try await store.note(settledThrough: settled, of: state.withLock(\.node.id))
        } catch {
            state.withLock { $0.hasNotTold(settled) }
        }
    }

    /// Takes this node out of the store, if nobody can hold a lease of it any more.
    package func leave() async {
        keeper.continuation.finish()
        guard let node = state.withLock({ $0.leaving(at: environment.moment()) }) else { return }
        try? await store.remove(node)
    }
}
