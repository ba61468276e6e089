/// Where sealed signing keys are kept.
package protocol SigningKeyStore: Sendable {
    /// All keys that have not retired at `now`, the oldest first.
    func signingKeys(at now: Timestamp) async throws(AuthorityError) -> [StoredSigningKey]

    /// Makes `key` the one that signs, gives every key that signed before it `previousRetireAt`, and removes the
    /// retired; writes `key.rotated`.
    ///
    /// `replacing` is the key that the caller believes to be the signing one (nil for none): when another one is, nothing
    /// changes and the answer is false, so that two processes that rotate at once make one new key.
    func rotate(
        to key: StoredSigningKey, replacing: String?, previousRetireAt: Timestamp, by: Provenance
    ) async throws(AuthorityError) -> Bool
}
