/// A refresh token presented for its successor; its MAC has been found right.
package struct Rotation: Sendable {
    package enum ReuseConsequence: String, Hashable, Sendable, CaseIterable {
        /// The session that the token belongs to ends.
        case endSession = "session"
        /// Every session of its subject ends.
        case endAll = "all"
    }

    package var familyHash: SecretHash
    package var generation: UInt32
    /// Who presents it: only the client that the session belongs to gets an answer.
    package var clientID: String
    package var at: Timestamp
    package var grace: Duration
    package var idleTimeout: Duration
    package var onReuse: ReuseConsequence
    package var revokedUntil: Timestamp
    package var by: Provenance

    package init(
        familyHash: SecretHash, generation: UInt32, clientID: String, at: Timestamp, grace: Duration,
        idleTimeout: Duration, onReuse: ReuseConsequence, revokedUntil: Timestamp, by: Provenance
    ) {
        self.familyHash = familyHash
        self.generation = generation
        self.clientID = clientID
        self.at = at
        self.grace = grace
        self.idleTimeout = idleTimeout
        self.onReuse = onReuse
        self.revokedUntil = revokedUntil
        self.by = by
    }

    /// What a presented generation means; the one place where the rule stands.
    package enum Verdict: Hashable, Sendable {
        /// It is the current one: it moves on by one.
        case advance
        /// It is the one before, within the grace: the current one is given again.
        case `repeat`
        /// It is older, or the grace is over: somebody has a copy (RFC 9700 §4.14.2).
        case reuse
        /// It is newer than any that was given out, which no right MAC can say: refuse.
        case impossible
    }

    /// Judges `generation` against the row's `current` one, reached at `rotatedAt`.
    package static func verdict(
        generation: UInt32, current: UInt32, rotatedAt: Timestamp, at now: Timestamp, grace: Duration
    ) -> Verdict {
        if generation == current { return current == .max ? .reuse : .advance }
        if generation > current { return .impossible }
        return current - generation == 1 && now.since(rotatedAt) < grace ? .repeat : .reuse
    }
}
