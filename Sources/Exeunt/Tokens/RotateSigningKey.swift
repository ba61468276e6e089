extension Authority {
    /// Makes a new signing key, which is announced before it signs; the old one stays trusted until the last token that it can
    /// have signed has expired.
    ///
    /// Returns the new key's id, or nil when another process has just rotated.
    package func rotateSigningKey(by: Provenance) async throws(AuthorityError) -> String? {
        let now = environment.now()
        let key = try SigningKeys.makeKey(policy.signingAlgorithm, keyRing: keyRing, environment: environment)
        let rotated = try await store.rotate(
            to: key, replacing: signingKeys.newest.id,
            previousRetireAt: policy.lifetime.revocationEnd(from: now + Limits.keyAnnouncement), by: by)
        try await signingKeys.reload(from: store, at: now)
        return rotated ? key.id : nil
    }
}
