package import Exeunt
internal import Foundation
internal import GRDB
package import Settlement

extension SQLiteStore {
    package func receivers() async throws(AuthorityError) -> [Receiver] {
        try await readPage { try $0.all("\(ReceiverRow.all) ORDER BY created_at, number", [], ReceiverRow.read) }
    }

    package func receiver(_ id: Identifier) async throws(AuthorityError) -> Receiver? {
        try lookUp { try ReceiverRow.of(id, $0) }
    }

    package func add(_ receiver: Receiver, by: Provenance) async throws(AuthorityError) {
        try await commits.write { transaction in
            let db = transaction.db
            if try ReceiverRow.of(receiver.id, db) != nil { throw AuthorityError.alreadyExists }
            let client = try db.first("SELECT 1 FROM clients WHERE id = ?", [receiver.clientID]) { $0.number(0) }
            if client == nil { throw AuthorityError.clientNotFound }
            guard try db.number("SELECT count(*) FROM receivers") < Limits.receivers else {
                throw AuthorityError.tooManyReceivers
            }
            try db.run(
                """
                INSERT INTO receivers (id, \(ReceiverRow.written), created_at, through)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [receiver.id.blob] + ReceiverRow.arguments(of: receiver)
                    + [receiver.createdAt.milliseconds, try Self.outboxHead(db)])
            transaction.knownToBeHeard = nil
            try transaction.record(receiver.event(.receiverAdded, at: receiver.createdAt, by: by))
        }
    }

    package func update(_ receiver: Receiver, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool {
        try await commits.write { transaction in
            let db = transaction.db
            guard let held = try ReceiverRow.of(receiver.id, db) else { return false }
            let new = held.replaced(by: receiver, head: UInt64(clamping: try Self.outboxHead(db)))
            try db.run(
                """
                UPDATE receivers SET (\(ReceiverRow.written), through) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                WHERE id = ?
                """,
                ReceiverRow.arguments(of: new) + [Int64(clamping: new.progress.through), new.id.blob])
            transaction.knownToBeHeard = nil
            if !new.isSame(as: held) { try transaction.record(new.event(.receiverChanged, at: now, by: by)) }
            return true
        }
    }

    package func removeReceiver(
        _ id: Identifier, at now: Timestamp, by: Provenance
    ) async throws(AuthorityError) -> Bool {
        try await commits.write { transaction in
            guard let held = try ReceiverRow.of(id, transaction.db) else { return false }
            try transaction.remove(held, at: now, by: by)
            return true
        }
    }

    static func outboxHead(_ db: Database) throws -> Int64 {
        try db.number("SELECT outbox_head FROM authority WHERE id = 1")
    }
}

extension WriteTransaction {
    /// Removes a receiver; its dead letters go with its row.
    fileprivate func remove(_ receiver: Receiver, at now: Timestamp, by: Provenance) throws {
        try db.run("DELETE FROM receivers WHERE id = ?", [receiver.id.blob])
        knownToBeHeard = nil
        try record(receiver.event(.receiverRemoved, at: now, by: by))
    }

    /// Removes a client's receivers.
    func removeReceivers(ofClient client: String, at now: Timestamp, by: Provenance) throws {
        let held = try db.all("\(ReceiverRow.all) WHERE client = ? ORDER BY number", [client], ReceiverRow.read)
        for receiver in held { try remove(receiver, at: now, by: by) }
    }
}

/// A receiver as the table has it.
enum ReceiverRow {
    /// What a change may write.
    static let written = """
        client, kind, hears, endpoint, secret, events, note, status, status_reason, verification, verification_state
        """

    static let all = """
        SELECT \(written), id, created_at, through, delivered, given_up, failures, retry_at, last_delivered_at,
            last_failure_at, last_failure
        FROM receivers
        """

    /// The values of ``written``.
    static func arguments(of receiver: Receiver) -> StatementArguments {
        let texts = receiver.texts
        return [
            receiver.clientID, texts.kind, texts.hears, receiver.endpoint, receiver.sealedSecret.map { Data($0) },
            texts.events, receiver.note, texts.status, receiver.statusReason, receiver.verification?.id.blob,
            receiver.verification?.state,
        ]
    }

    static func of(_ id: Identifier, _ db: Database) throws -> Receiver? {
        try db.first("\(all) WHERE id = ?", [id.blob], read)
    }

    /// Reads a row of ``all``.
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
