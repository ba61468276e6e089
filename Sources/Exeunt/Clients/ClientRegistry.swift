internal import Settlement

extension Authority {
    /// A client and its secret, which exists here and in the answer, and never again.
    package struct NewClient: Sendable {
        package var client: Client
        package var secret: ClientSecret?
    }

    /// Adds a client; a public one has no secret.
    ///
    /// Throws `invalidArgument` for a name, a scope or an address that it cannot have.
    package func addClient(
        name: String, scopes: Set<Client.Scope>, isPublic: Bool, postLogoutRedirectURIs: [String] = [], by: Provenance
    ) async throws(AuthorityError) -> NewClient {
        let secret = isPublic ? nil : ClientSecret(bytes: environment.randomBytes(32))
        let client = Client(
            id: "client_" + Base64URL.encode(environment.randomBytes(12)), name: name, secretHash: secret?.hash,
            scopes: scopes, createdAt: environment.now(), postLogoutRedirectURIs: postLogoutRedirectURIs)
        try Self.check(client)
        try await store.add(client, by: by)
        return NewClient(client: client, secret: secret)
    }

    /// Changes what a client is called, may do, and may lead browsers to; its secret stays.
    ///
    /// Throws `clientNotFound` when there is none, and `invalidArgument` as ``addClient(name:scopes:isPublic:postLogoutRedirectURIs:by:)``.
    package func changeClient(
        _ id: String, by: Provenance, _ change: (inout Client) -> Void
    ) async throws(AuthorityError) -> Client {
        guard let found = try await store.client(id) else { throw .clientNotFound }
        var client = found
        change(&client)
        try Self.check(client)
        guard try await store.update(client, at: environment.now(), by: by) else { throw .clientNotFound }
        return client
    }

    private static func check(_ client: Client) throws(AuthorityError) {
        guard !client.name.isEmpty, client.name.clipped(toBytes: Limits.clientNameBytes) == client.name else {
            throw .invalidArgument(
                "a client's name has 1 to \(Limits.clientNameBytes) bytes and no control characters")
        }
        guard client.secretHash != nil || client.scopes.isEmpty else {
            throw .invalidArgument("a public client cannot prove who it is, so it can have no scope")
        }
        guard client.postLogoutRedirectURIs.count <= Limits.postLogoutRedirectURIs else {
            throw .invalidArgument("a client has at most \(Limits.postLogoutRedirectURIs) post-logout redirect URIs")
        }
        for address in client.postLogoutRedirectURIs {
            if let fault = PostLogoutRedirect.fault(of: address) {
                throw .invalidArgument("a post-logout redirect URI \(fault)")
            }
        }
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
