internal import Settlement

extension Authority {
    /// A client and its secret, which exists here and in the answer, and never again.
    package struct NewClient: Sendable {
        package var client: Client
        package var secret: ClientSecret?
    }

    /// Adds a client; a public one has no secret.
    ///
    /// Throws `invalidArgument` for a name that is empty or longer than ``Limits/clientNameBytes``.
    package func addClient(
        name: String, scopes: Set<Client.Scope>, isPublic: Bool, by: Provenance
    ) async throws(AuthorityError) -> NewClient {
        guard !name.isEmpty, name.clipped(toBytes: Limits.clientNameBytes) == name else {
            throw .invalidArgument(
                "a client's name has 1 to \(Limits.clientNameBytes) bytes and no control characters")
        }
        guard !isPublic || scopes.isEmpty else {
            throw .invalidArgument("a public client cannot prove who it is, so it can have no scope")
        }
        let secret = isPublic ? nil : ClientSecret(bytes: environment.randomBytes(32))
        let client = Client(
            id: "client_" + Base64URL.encode(environment.randomBytes(12)), name: name, secretHash: secret?.hash,
            scopes: scopes, createdAt: environment.now())
        try await store.add(client, by: by)
        return NewClient(client: client, secret: secret)
    }

    /// The client that an id and a secret belong to (RFC 6749 §2.3.1); a public client comes without a secret.
    ///
    /// Throws `invalidCredential` when they do not belong together, and does not say why.
    package func authenticateClient(id: String, secret: String?) async throws(AuthorityError) -> Client {
        let client = try await store.client(id)
        let presented = secret.flatMap { ClientSecret(presented: $0) }?.hash
        switch (client?.secretHash, presented) {
        case (let expected?, let presented?) where expected.matches(presented): break
        case (nil, nil) where secret == nil: break
        default: throw .invalidCredential
        }
        guard let client else { throw .invalidCredential }
        return client
    }
}
