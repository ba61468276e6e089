package import Settlement

/// How a receiver lies in a store's table.
extension Receiver {
    /// The texts of a row that a store has of it, which say more than texts.
    package struct Texts {
        package var kind: String
        package var hears: String
        package var status: String
        package var events: String

        package init(kind: String, hears: String, status: String, events: String) {
            self.kind = kind
            self.hears = hears
            self.status = status
            self.events = events
        }
    }

    package var texts: Texts {
        Texts(
            kind: kind.rawValue, hears: hears.rawValue, status: status.rawValue,
            events: eventsRequested.joined(separator: "\n"))
    }

    /// The receiver of a row; throws `corrupted` for a text that says nothing.
    package init(
        id: Identifier, clientID: String, texts: Texts, endpoint: String?, sealedSecret: [UInt8]?, createdAt: Timestamp
    ) throws {
        guard let kind = Kind(rawValue: texts.kind), let hears = Hears(rawValue: texts.hears),
            let status = Status(rawValue: texts.status)
        else {
            throw AuthorityError.corrupted(
                "the receiver \(id) is of an unknown kind: \(texts.kind), \(texts.hears), \(texts.status)")
        }
        self.init(
            id: id, clientID: clientID, kind: kind, hears: hears, endpoint: endpoint, sealedSecret: sealedSecret,
            createdAt: createdAt)
        self.status = status
        eventsRequested = texts.events.split(separator: "\n").map(String.init)
    }

    /// The event of something that was done to it.
    package func event(_ kind: AuditEvent.Kind, at moment: Timestamp, by: Provenance) -> AuditEvent {
        AuditEvent(kind, at: moment, clientID: clientID, by: by, reason: "\(self.kind.rawValue) \(id)")
    }

    /// What it is when `other` takes its place: its progress and the moment of its creation stay its own.
    ///
    /// One that hears again begins at `head`: what has ended meanwhile it never hears of.
    package func replaced(by other: Receiver, head: UInt64) -> Receiver {
        var replaced = other
        replaced.createdAt = createdAt
        replaced.progress = progress
        if hearsAgain(as: other) { replaced.progress.through = max(progress.through, head) }
        return replaced
    }

    /// Whether it is disabled and would no longer be.
    package func hearsAgain(as other: Receiver) -> Bool { status == .disabled && other.status != .disabled }

    /// Whether both are the same to somebody who is not interested in verifications.
    package func isSame(as other: Receiver) -> Bool {
        var (one, other) = (self, other)
        (one.verification, other.verification) = (nil, nil)
        (one.progress, other.progress) = (Progress(), Progress())
        return one == other
    }
}
