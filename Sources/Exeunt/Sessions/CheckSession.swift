internal import Logging

extension Authority {
    /// The live session that a handle opens, or nil.
    ///
    /// With `countsAsActivity` its "last active" slides, written at most once in ``Limits/lastActiveGrain``; failing to
    /// write it does not fail the check.
    package func checkSession(
        _ handle: SessionHandle, countsAsActivity: Bool
    ) async throws(AuthorityError) -> Session? {
        let now = environment.now()
        guard let session = try await store.session(handle: handle.hash, at: now) else { return nil }
        if countsAsActivity, now.since(session.lastActiveAt) >= activityGrain {
            let idleEnd = min(now + policy.lifetime.idleTimeout, session.absoluteEnd)
            do {
                // Ended between the reading and the writing: it is over now.
                guard try await store.extend(session.id, lastActiveAt: now, idleEnd: idleEnd) else { return nil }
            } catch {
                logger.warning("could not note a session's activity", metadata: ["error": "\(error)"])
            }
        }
        return session
    }

    /// A minute, or a quarter of a short idle timeout, so that an active session never times out for want of a note.
    private var activityGrain: Duration { min(Limits.lastActiveGrain, policy.lifetime.idleTimeout / 4) }
}
