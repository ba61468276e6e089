package import Settlement

// Only until the stores have them.
private let missing = AuthorityError.storeUnavailable(reason: "not there yet")
extension OutboxStore {
    package func receivers() async throws(AuthorityError) -> [Receiver] { throw missing }
    package func receiver(_ id: Identifier) async throws(AuthorityError) -> Receiver? { throw missing }
    package func add(_ receiver: Receiver, by: Provenance) async throws(AuthorityError) { throw missing }
    package func update(_ receiver: Receiver, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool {
        throw missing
    }
    package func removeReceiver(_ id: Identifier, at now: Timestamp, by: Provenance) async throws(AuthorityError)
        -> Bool
    {
        throw missing
    }
    package func endedSessions(after: UInt64, limit: Int) async throws(AuthorityError) -> [EndedSession] {
        throw missing
    }
    package func outboxHead() async throws(AuthorityError) -> UInt64 { throw missing }
    package func note(_ reports: [DeliveryReport]) async throws(AuthorityError) { throw missing }
    package func claimOutbox(by node: Identifier, until: Timestamp, at now: Timestamp) async throws(AuthorityError)
        -> Bool
    {
        throw missing
    }
    package func deadLetters(
        of receiver: Identifier?, after: Int64, limit: Int
    ) async throws(AuthorityError) -> [DeadLetter] { throw missing }
    package func removeDeadLetters(_ numbers: [Int64]) async throws(AuthorityError) -> Int { throw missing }
    package func endedStatusIndices(in range: Range<UInt64>, since: Timestamp) async throws(AuthorityError) -> [UInt64]
    {
        throw missing
    }
}
extension ProviderStore {
    package func providers() async throws(AuthorityError) -> [Provider] { throw missing }
    package func provider(_ issuer: String) async throws(AuthorityError) -> Provider? { throw missing }
    package func add(_ provider: Provider, by: Provenance) async throws(AuthorityError) { throw missing }
    package func removeProvider(_ issuer: String, at now: Timestamp, by: Provenance) async throws(AuthorityError)
        -> Bool
    {
        throw missing
    }
    package func hasHeard(_ what: Heard) async throws(AuthorityError) -> Bool { throw missing }
    package func note(_ what: Heard, until: Timestamp) async throws(AuthorityError) { throw missing }
}
extension ClientStore {
    package func update(_ client: Client, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool {
        throw missing
    }
}
