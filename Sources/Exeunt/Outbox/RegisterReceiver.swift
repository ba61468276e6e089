internal import Settlement

extension Authority {
    /// A receiver, and the secret of its signatures if it has one, which exists here and in the answer, and never again.
    package struct NewReceiver: Sendable {
        package var receiver: Receiver
        package var secret: WebhookSecret?
    }

    /// Adds a receiver that is told at an address, with a fresh secret if it is a webhook.
    ///
    /// Throws `invalidArgument` for an address that nobody may be told at, and what the store throws.
    package func addReceiver(
        _ kind: Receiver.Kind, of clientID: String, at endpoint: String, hears: Receiver.Hears,
        through http: any OutgoingHTTP, by: Provenance
    ) async throws(AuthorityError) -> NewReceiver {
        do throws(OutgoingFailure) {
            try http.admit(endpoint)
        } catch {
            guard case .refused(let why) = error else { throw .invalidArgument("the address cannot be used") }
            throw .invalidArgument("the address cannot be used: \(why)")
        }
        var receiver = Receiver(
            id: environment.identifier(), clientID: clientID, kind: kind, hears: hears, endpoint: endpoint,
            createdAt: environment.now())
        var secret: WebhookSecret?
        if kind == .webhook {
            let fresh = WebhookSecret(bytes: environment.randomBytes(WebhookSecret.byteCount))
            receiver.sealedSecret = try keyRing.seal(fresh.plain, name: receiver.sealName)
            secret = fresh
        }
        try await store.add(receiver, by: by)
        return NewReceiver(receiver: receiver, secret: secret)
    }
}
