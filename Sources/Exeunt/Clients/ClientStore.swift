/// Where clients are kept.
package protocol ClientStore: Sendable {
    /// The client of that id.
    func client(_ id: String) async throws(AuthorityError) -> Client?

    /// All clients, in order of their creation.
    func clients() async throws(AuthorityError) -> [Client]

    /// Adds a client, with `client.added`; throws `alreadyExists` when its id is taken.
    func add(_ client: Client, by: Provenance) async throws(AuthorityError)

    /// Writes a client's name, scopes and redirect addresses, with `client.changed`; says whether there was such a client.
    func update(_ client: Client, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool

    /// Removes a client with its receivers, with `client.removed` and `receiver.removed`; says whether there was one. Its sessions go
    /// on until they end.
    func removeClient(_ id: String, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool
}
