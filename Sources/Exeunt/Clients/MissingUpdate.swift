extension ClientStore {
    package func update(_ client: Client, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool { false }
}
