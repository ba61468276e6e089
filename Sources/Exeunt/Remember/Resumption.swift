/// A remember-me token presented for a new session; its MAC has been found right.
package struct Resumption: Sendable {
    package var familyHash: SecretHash
    package var generation: UInt32
    package var grace: Duration
    /// The session to open.
    ///
    /// Its subject, when the person proved who they are, and who else vouched for them come from the remembered login; its client
    /// must be the one that remembered it. Within the grace, a session of this very handle is answered again.
    package var opening: ResumedOpening

    package init(familyHash: SecretHash, generation: UInt32, grace: Duration, opening: ResumedOpening) {
        self.familyHash = familyHash
        self.generation = generation
        self.grace = grace
        self.opening = opening
    }
}
