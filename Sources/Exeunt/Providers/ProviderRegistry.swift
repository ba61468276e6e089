extension Authority {
    /// A provider and the token that it pushes with, which exists here and in the answer, and never again.
    package struct NewProvider: Sendable {
        package var provider: Provider
        package var pushToken: PushToken?
    }

    /// Adds a provider; its addresses are such that `http` would talk to them.
    ///
    /// Throws `invalidArgument` for what cannot be, `alreadyExists` when there is one of that issuer, and `overloaded` above
    /// ``Limits/providers``.
    package func addProvider(
        _ registration: ProviderRegistration, reachedBy http: any OutgoingHTTP, by: Provenance
    ) async throws(AuthorityError) -> NewProvider {
        try Self.check(registration, reachedBy: http)
        guard try await store.providers().count < Limits.providers else { throw .overloaded }
        let pushToken = registration.pushes ? PushToken(bytes: environment.randomBytes(32)) : nil
        var provider = Provider(
            issuer: registration.issuer, audience: registration.audience, jwksURI: registration.jwksURI,
            requiresType: registration.requiresType, hasFrontChannel: registration.hasFrontChannel,
            pushTokenHash: pushToken?.hash, pollEndpoint: registration.poll?.endpoint, createdAt: environment.now())
        if let poll = registration.poll {
            provider.sealedPollToken = try keyRing.seal(Array(poll.token.utf8), name: provider.sealName)
        }
        try await store.add(provider, by: by)
        return NewProvider(provider: provider, pushToken: pushToken)
    }

    /// The provider that a push token belongs to.
    package func provider(pushingWith token: PushToken) async throws(AuthorityError) -> Provider? {
        let hash = token.hash
        return try await store.providers().first { $0.pushTokenHash?.matches(hash) ?? false }
    }

    private static func check(
        _ registration: ProviderRegistration, reachedBy http: any OutgoingHTTP
    ) throws(AuthorityError) {
        let issuer = registration.issuer
        guard issuer.utf8.count <= Limits.upstreamBytes, issuer.hasPrefix("https://") || issuer.hasPrefix("http://"),
            !issuer.contains("?"), !issuer.contains("#"), issuer.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw .invalidArgument(
                "an issuer is a URL of at most \(Limits.upstreamBytes) bytes without query and fragment")
        }
        let audience = registration.audience
        guard !audience.isEmpty, audience.clipped(toBytes: Limits.upstreamBytes).isExactly(audience) else {
            throw .invalidArgument("an audience has 1 to \(Limits.upstreamBytes) bytes and no control characters")
        }
        if let place = registration.jwksURI {
            try admit(place, as: "the address of the keys", to: http)
        } else {
            try admit(issuer, as: "the issuer", to: http)
        }
        if let poll = registration.poll {
            try admit(poll.endpoint, as: "the poll endpoint", to: http)
            guard (1...Limits.endpointBytes).contains(poll.token.utf8.count),
                poll.token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else { throw .invalidArgument("a bearer token is one line of at most \(Limits.endpointBytes) characters") }
        }
    }

    private static func admit(
        _ url: String, as what: String, to http: any OutgoingHTTP
    ) throws(AuthorityError) {
        guard url.utf8.count <= Limits.endpointBytes else {
            throw .invalidArgument("\(what) has at most \(Limits.endpointBytes) bytes")
        }
        do throws(OutgoingFailure) { try http.admit(url) } catch { throw .invalidArgument("\(what): \(error.text)") }
    }
}
