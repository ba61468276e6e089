package import Settlement

/// The streams that a client makes for itself (SSF 1.0 §8.1); nobody else's are there for it.
extension Authority {
    /// The client's streams, in order of their creation.
    package func streams(of client: Client) async throws(AuthorityError) -> [Receiver] {
        try await store.receivers().filter { $0.isStream && $0.clientID == client.id }
    }

    /// One of the client's streams.
    package func stream(_ id: Identifier, of client: Client) async throws(AuthorityError) -> Receiver? {
        guard let found = try await store.receiver(id), found.isStream, found.clientID == client.id else { return nil }
        return found
    }

    /// Makes a stream, which begins with what ends from now on.
    ///
    /// It hears of the sessions that the client has opened; that of an administrator hears of everybody's. Without a word about the
    /// delivery it is fetched. Throws `invalidArgument` for a wish that cannot be granted, and `tooManyReceivers`.
    package func openStream(
        _ wish: StreamWish, for client: Client, through way: (any OutgoingHTTP)?, by: Provenance
    ) async throws(AuthorityError) -> Receiver {
        guard try await streams(of: client).count < Limits.streamsPerClient else { throw .tooManyReceivers }
        var stream = Receiver(
            id: environment.identifier(), clientID: client.id, kind: .eventPoll,
            hears: client.scopes.contains(.admin) ? .all : .own, endpoint: nil, createdAt: environment.now())
        try grant(wish, to: &stream, isWhole: true, through: way)
        try await store.add(stream, by: by)
        return try await store.receiver(stream.id) ?? stream
    }

    /// Changes a stream as it is wished; when the wish is the whole of it, what it does not name goes.
    ///
    /// Nil when the client has no such stream; throws as ``openStream(_:for:through:by:)``.
    package func changeStream(
        _ id: Identifier, of client: Client, to wish: StreamWish, isWhole: Bool, through way: (any OutgoingHTTP)?,
        by: Provenance
    ) async throws(AuthorityError) -> Receiver? {
        guard var stream = try await stream(id, of: client) else { return nil }
        try grant(wish, to: &stream, isWhole: isWhole, through: way)
        return try await store.update(stream, at: environment.now(), by: by) ? stream : nil
    }

    /// Removes a stream; says whether the client had it.
    package func closeStream(_ id: Identifier, of client: Client, by: Provenance) async throws(AuthorityError) -> Bool {
        guard try await stream(id, of: client) != nil else { return false }
        return try await store.removeReceiver(id, at: environment.now(), by: by)
    }

    /// Says whether a stream flows (SSF 1.0 §8.1.2.2); nil when the client has no such stream.
    package func setStatus(
        _ status: Receiver.Status, reason: String?, of id: Identifier, of client: Client, by: Provenance
    ) async throws(AuthorityError) -> Receiver? {
        if let reason, reason.clipped(toBytes: Limits.streamTextBytes) != reason {
            throw .invalidArgument("reason has at most \(Limits.streamTextBytes) bytes and no control characters")
        }
        guard var stream = try await stream(id, of: client) else { return nil }
        stream.status = status
        stream.statusReason = reason
        return try await store.update(stream, at: environment.now(), by: by) ? stream : nil
    }

    /// Has a verification event sent (SSF 1.0 §8.1.4), in the place of one that has not been sent yet.
    ///
    /// Says whether the client has such a stream.
    package func verifyStream(
        _ id: Identifier, of client: Client, state: String?, by: Provenance
    ) async throws(AuthorityError) -> Bool {
        if let state, state.utf8.count > Limits.verificationStateBytes {
            throw .invalidArgument("state has at most \(Limits.verificationStateBytes) bytes")
        }
        guard var stream = try await stream(id, of: client) else { return false }
        stream.verification = Receiver.Verification(id: environment.identifier(), state: state)
        return try await store.update(stream, at: environment.now(), by: by)
    }

    private func grant(
        _ wish: StreamWish, to stream: inout Receiver, isWhole: Bool, through way: (any OutgoingHTTP)?
    ) throws(AuthorityError) {
        if let fault = wish.fault { throw .invalidArgument(fault) }
        if isWhole || wish.eventsRequested != nil { stream.eventsRequested = wish.eventsRequested ?? [] }
        if isWhole || wish.description != nil { stream.note = wish.description }
        guard let delivery = wish.delivery ?? (isWhole ? .poll : nil) else { return }
        switch delivery {
        case .poll: (stream.kind, stream.endpoint, stream.sealedSecret) = (.eventPoll, nil, nil)
        case .push(let endpoint, let authorization):
            guard let way else { throw .invalidArgument("this authority pushes nothing; fetch the events") }
            do throws(OutgoingFailure) {
                try way.admit(endpoint)
            } catch {
                throw .invalidArgument("endpoint_url is no address that events are sent to: \(error.text)")
            }
            // Who reads a stream is not shown its secret, and hands it in again without: then it stays, but never for another address.
            let kept = stream.kind == .eventPush && stream.endpoint == endpoint ? stream.sealedSecret : nil
            (stream.kind, stream.endpoint) = (.eventPush, endpoint)
            switch authorization {
            case nil: stream.sealedSecret = kept
            case "": stream.sealedSecret = nil
            case let text?: stream.sealedSecret = try keyRing.seal(Array(text.utf8), name: stream.sealName)
            }
        }
    }
}
