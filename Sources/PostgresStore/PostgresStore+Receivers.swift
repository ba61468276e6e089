package import Exeunt
package import Settlement

extension PostgresStore {
    package func receivers() async throws(AuthorityError) -> [Receiver] {
        try await slow.read(Statement("SELECT \(ReceiverRow.columns) FROM receivers ORDER BY created_at, number")) {
            try $0.map(ReceiverRow.read)
        }
    }

    package func receiver(_ id: Identifier) async throws(AuthorityError) -> Receiver? {
        try await lookUps.read(ReceiverRow.of(id)) { try $0.first(ReceiverRow.read) }
    }

    /// Alone, so that whoever ends something later knows that somebody hears of it.
    package func add(_ receiver: Receiver, by: Provenance) async throws(AuthorityError) {
        try await writes.write(company: .alone) { transaction in
            let known = try transaction.read(
                """
                SELECT EXISTS (SELECT 1 FROM receivers WHERE id = $1), EXISTS (SELECT 1 FROM clients WHERE id = $2),
                    (SELECT count(*) FROM receivers)
                """, [.bytes(receiver.id.bytes), .text(receiver.clientID)]
            ).first { (isTaken: $0.number(0) == 1, hasClient: $0.number(1) == 1, count: $0.number(2)) }
            guard let known else { throw AuthorityError.corrupted("an answer is missing") }
            if known.isTaken { throw AuthorityError.alreadyExists }
            if !known.hasClient { throw AuthorityError.clientNotFound }
            if known.count >= Limits.receivers { throw AuthorityError.tooManyReceivers }
            transaction.write(
                """
                INSERT INTO receivers (\(ReceiverRow.written), id, created_at, through)
                SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, outbox_head FROM authority
                """,
                ReceiverRow.values(of: receiver)
                    + [.bytes(receiver.id.bytes), .number(receiver.createdAt.milliseconds)])
            transaction.record(receiver.event(.receiverAdded, at: receiver.createdAt, by: by))
            return { _ in }
        }
    }

    package func update(_ receiver: Receiver, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool {
        while true {
            // As with one that is added: whoever ends something later must know.
            let isAlone = try await self.receiver(receiver.id)?.hearsAgain(as: receiver) ?? false
            let isThere: Bool? = try await writes.write(company: isAlone ? .alone : .own) { transaction in
                let answer = try transaction.update(receiver, isAlone: isAlone, at: now, by: by)
                return { _ in answer }
            }
            // It may have been disabled in between.
            if let isThere { return isThere }
        }
    }

    package func removeReceiver(
        _ id: Identifier, at now: Timestamp, by: Provenance
    ) async throws(AuthorityError) -> Bool {
        try await writes.write(company: .own) { transaction in
            let isGone = try transaction.removeReceivers(where: "id = $1", .bytes(id.bytes), at: now, by: by)
            return { _ in isGone }
        }
    }
}

extension WriteTransaction {
    /// Says whether the receiver is there, or nothing when it must be tried again alone.
    fileprivate func update(_ receiver: Receiver, isAlone: Bool, at now: Timestamp, by: Provenance) throws -> Bool? {
        let found = try read(
            """
            SELECT \(ReceiverRow.columns), a.outbox_head FROM receivers CROSS JOIN authority a
            WHERE receivers.id = $1 FOR UPDATE OF receivers
            """, [.bytes(receiver.id.bytes)]
        ).first { (receiver: try ReceiverRow.read($0), head: UInt64(clamping: $0.number(21))) }
        guard let found else { return false }
        if !isAlone, found.receiver.hearsAgain(as: receiver) { return nil }
        let new = found.receiver.replaced(by: receiver, head: found.head)
        write(
            """
            UPDATE receivers SET (\(ReceiverRow.written), through) = ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            WHERE id = $13
            """, ReceiverRow.values(of: new) + [.number(new.progress.through), .bytes(new.id.bytes)])
        if !new.isSame(as: found.receiver) { record(new.event(.receiverChanged, at: now, by: by)) }
        return true
    }

    /// Removes receivers, with their dead letters; says whether there was one.
    @discardableResult
    func removeReceivers(
        where condition: String, _ value: PostgresValue, at now: Timestamp, by: Provenance
    ) throws -> Bool {
        let gone = try read(
            "DELETE FROM receivers WHERE \(condition) RETURNING \(ReceiverRow.columns)", [value]
        ).map(ReceiverRow.read)
        for receiver in gone { record(receiver.event(.receiverRemoved, at: now, by: by)) }
        return !gone.isEmpty
    }
}

/// A receiver as the table has it.
enum ReceiverRow {
    /// What a change may write.
    static let written = """
        client, kind, hears, endpoint, secret, events, note, status, status_reason, verification, verification_state
        """

    /// What ``read(_:)`` reads.
    static let columns = """
        client, kind, hears, endpoint, secret, events, note, status, status_reason, verification, verification_state,
        receivers.id, created_at, through, delivered, given_up, failures, retry_at, last_delivered_at,
        last_failure_at, last_failure
        """

    /// The values of ``written``.
    static func values(of receiver: Receiver) -> [PostgresValue] {
        let texts = receiver.texts
        return [
            .text(receiver.clientID), .text(texts.kind), .text(texts.hears), .text(receiver.endpoint),
            .bytes(receiver.sealedSecret), .text(texts.events), .text(receiver.note), .text(texts.status),
            .text(receiver.statusReason), .bytes(receiver.verification?.id.bytes), .text(receiver.verification?.state),
        ]
    }

    static func of(_ id: Identifier) -> Statement {
        Statement("SELECT \(columns) FROM receivers WHERE id = $1", [.bytes(id.bytes)])
    }

    static func read(_ row: Columns) throws -> Receiver {
        var receiver = try Receiver(
            id: row.identifier(11), clientID: row.text(0),
            texts: .init(kind: row.text(1), hears: row.text(2), status: row.text(7), events: row.text(5)),
            endpoint: row.optionalText(3), sealedSecret: row.optionalBytes(4), createdAt: row.moment(12))
        receiver.note = row.optionalText(6)
        receiver.statusReason = row.optionalText(8)
        receiver.verification = try row.optionalIdentifier(9).map { .init(id: $0, state: row.optionalText(10)) }
        receiver.progress.through = UInt64(clamping: row.number(13))
        receiver.progress.delivered = UInt64(clamping: row.number(14))
        receiver.progress.givenUp = UInt64(clamping: row.number(15))
        receiver.progress.failures = Int(row.number(16))
        receiver.progress.retryAt = row.optionalMoment(17)
        receiver.progress.lastDeliveredAt = row.optionalMoment(18)
        receiver.progress.lastFailureAt = row.optionalMoment(19)
        receiver.progress.lastFailure = row.optionalText(20)
        return receiver
    }
}
