internal import Settlement

extension Authority {
    /// How a receiver is told, by its kind.
    ///
    /// Throws `corrupted` when the receiver has no endpoint or its secret does not open.
    package func request(for dispatch: Dispatch) async throws(AuthorityError) -> OutgoingRequest {
        let receiver = dispatch.receiver
        switch (receiver.kind, dispatch.what) {
        case (.backChannelLogout, .ended(let ended)): return try await logoutTokenRequest(ended, to: receiver)
        case (.webhook, .ended(let ended)): return try webhookRequest(ended, to: receiver)
        case (.eventPush, .ended(let ended)):
            let now = environment.now()
            let token = SecurityEventToken<SessionRevokedEvent>(ended, to: receiver, issuer: policy.issuer, at: now)
            return try pushRequest(try await signedEvent(token, at: now), to: receiver)
        case (.eventPush, .verification(let verification)):
            let now = environment.now()
            let token = SecurityEventToken<VerificationEvent>(
                verification, to: receiver, issuer: policy.issuer, at: now)
            return try pushRequest(try await signedEvent(token, at: now), to: receiver)
        case (.eventPoll, _), (.backChannelLogout, .verification), (.webhook, .verification):
            throw .corrupted("the receiver \(receiver.id) is not told like this")
        }
    }

    /// A security event token, signed by a key that its receiver can fetch now.
    package func signedEvent<Event: ToldEvent>(
        _ token: SecurityEventToken<Event>, at now: Timestamp
    ) async throws(AuthorityError) -> String {
        try await signingKeys.sign(token, at: now, until: now + Limits.clockSkew)
    }

    /// A form with a logout token (OpenID Connect Back-Channel Logout 1.0 §2.5).
    private func logoutTokenRequest(
        _ ended: EndedSession, to receiver: Receiver
    ) async throws(AuthorityError) -> OutgoingRequest {
        let now = environment.now()
        let payload = LogoutTokenPayload(ended, to: receiver, issuer: policy.issuer, at: now)
        let token = try await signingKeys.sign(payload, at: now, until: payload.end)
        // Nothing in a token needs to be escaped in a form.
        return try post(
            "logout_token=" + token, to: receiver, [("content-type", "application/x-www-form-urlencoded")])
    }

    /// A security event token, pushed (RFC 8935 §2).
    private func pushRequest(_ token: String, to receiver: Receiver) throws(AuthorityError) -> OutgoingRequest {
        var headers = [("content-type", "application/secevent+jwt"), ("accept", "application/json")]
        if let sealed = receiver.sealedSecret {
            let value = try keyRing.unseal(sealed, name: receiver.sealName)
            headers.append(("authorization", String(decoding: value, as: UTF8.self)))
        }
        return try post(token, to: receiver, headers)
    }

    private func webhookRequest(_ ended: EndedSession, to receiver: Receiver) throws(AuthorityError) -> OutgoingRequest
    {
        guard let sealed = receiver.sealedSecret else {
            throw .corrupted("the receiver \(receiver.id) has no secret to sign with")
        }
        let secret = WebhookSecret(bytes: try keyRing.unseal(sealed, name: receiver.sealName))
        let message = try WebhookMessage(ended, to: receiver, secret: secret, at: environment.now())
        return try post(String(decoding: message.body, as: UTF8.self), to: receiver, message.headers)
    }

    private func post(
        _ body: String, to receiver: Receiver, _ headers: [(name: String, value: String)]
    ) throws(AuthorityError) -> OutgoingRequest {
        guard let endpoint = receiver.endpoint else {
            throw .corrupted("the receiver \(receiver.id) has no address")
        }
        return OutgoingRequest(
            .post, endpoint, headers: headers + [("user-agent", "exeunt")], body: Array(body.utf8),
            answerBytes: Limits.deliveryAnswerBytes)
    }
}
