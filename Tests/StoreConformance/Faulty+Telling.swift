import Exeunt
import Settlement

extension Faulty {
    func endedSessions(after: UInt64, limit: Int) async throws(AuthorityError) -> [EndedSession] {
        guard let onEnded else { return try await base.endedSessions(after: after, limit: limit) }
        return try await onEnded(base, after, limit)
    }

    func outboxHead() async throws(AuthorityError) -> UInt64 {
        guard let onOutboxHead else { return try await base.outboxHead() }
        return try await onOutboxHead(base)
    }

    func receiver(_ id: Identifier) async throws(AuthorityError) -> Receiver? {
        guard let onReceiver else { return try await base.receiver(id) }
        return try await onReceiver(base, id)
    }

    func add(_ receiver: Receiver, by: Provenance) async throws(AuthorityError) {
        guard let onAddReceiver else { return try await base.add(receiver, by: by) }
        try await onAddReceiver(base, receiver, by)
    }

    func update(_ receiver: Receiver, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool {
        guard let onUpdateReceiver else { return try await base.update(receiver, at: now, by: by) }
        return try await onUpdateReceiver(base, receiver, now, by)
    }

    func note(_ reports: [DeliveryReport]) async throws(AuthorityError) {
        guard let onNote else { return try await base.note(reports) }
        try await onNote(base, reports)
    }

    func deadLetters(
        of receiver: Identifier?, after: Int64, limit: Int
    ) async throws(AuthorityError) -> [DeadLetter] {
        guard let onDeadLetters else { return try await base.deadLetters(of: receiver, after: after, limit: limit) }
        return try await onDeadLetters(base, receiver, after, limit)
    }

    func claimOutbox(
        by node: Identifier, until: Timestamp, at now: Timestamp
    ) async throws(AuthorityError) -> Bool {
        guard let onClaim else { return try await base.claimOutbox(by: node, until: until, at: now) }
        return try await onClaim(base, node, until, now)
    }

    func endedStatusIndices(
        in range: Range<UInt64>, since: Timestamp
    ) async throws(AuthorityError) -> [UInt64] {
        guard let onStatuses else { return try await base.endedStatusIndices(in: range, since: since) }
        return try await onStatuses(base, range, since)
    }

    func update(_ client: Client, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool {
        guard let onUpdateClient else { return try await base.update(client, at: now, by: by) }
        return try await onUpdateClient(base, client, now, by)
    }

    func removeClient(_ id: String, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool {
        guard let onRemoveClient else { return try await base.removeClient(id, at: now, by: by) }
        return try await onRemoveClient(base, id, now, by)
    }

    func add(_ provider: Provider, by: Provenance) async throws(AuthorityError) {
        guard let onAddProvider else { return try await base.add(provider, by: by) }
        try await onAddProvider(base, provider, by)
    }

    func hasHeard(_ what: Heard) async throws(AuthorityError) -> Bool {
        guard let onHasHeard else { return try await base.hasHeard(what) }
        return try await onHasHeard(base, what)
    }
}
