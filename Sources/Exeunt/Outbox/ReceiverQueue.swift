internal import Settlement

/// What one receiver is still to be told, and how that goes: a value that does no I/O.
///
/// It sends what is oldest first, several at once while all goes well. When the receiver fails, everything waits but one try
/// at a time, which is of what has been tried least: so one event that breaks it keeps nobody else's back. What is told ahead of such an event
/// is told again after a crash.
package struct ReceiverQueue: Sendable {
    struct Entry: Sendable {
        var ended: EndedSession
        var isUnderWay = false
        /// Failures of its own.
        var tries = 0
        var notBefore: Timestamp?
    }

    /// What it is, with its progress as far as is known here.
    package internal(set) var receiver: Receiver
    /// What it is still to be told of, as far as there is room, in order.
    var entries: [Entry] = []
    /// The place in the outbox through which everything is here, told, or not for it.
    package internal(set) var readThrough: UInt64
    /// The places of what it has been told of behind the first entry.
    var ahead: [UInt64] = []
    /// Requests that are under way together.
    var round = 0
    /// Since the last failure, or the start.
    var successes = 0
    package internal(set) var underWay = 0
    var isVerifying = false
    /// What is not noted yet.
    var givenUp: [DeadLetter] = []
    var verified: Identifier?
    var isChanged = false
    var isMoved = false
    var notedAt: Timestamp

    /// A receiver as the store has it.
    package init(_ receiver: Receiver, at now: Timestamp) {
        self.receiver = receiver
        readThrough = receiver.progress.through
        notedAt = now
    }

    /// Takes over what the store says of it; what is known here of its progress is newer, unless the store is ahead.
    package mutating func update(_ stored: Receiver) {
        let before = receiver
        receiver = stored
        receiver.progress = before.progress
        if stored.verification?.id == verified { receiver.verification = nil }
        let place = stored.progress.through
        if place > before.progress.through {
            receiver.progress = stored.progress
            readThrough = max(readThrough, place)
            entries.removeAll { $0.ended.number <= place }
            ahead.removeAll { $0 <= place }
        }
        // An operator who has mended something does not want to wait.
        if before.endpoint != stored.endpoint || before.status != .enabled, stored.status == .enabled {
            receiver.progress.retryAt = nil
            for index in entries.indices { entries[index].notBefore = nil }
        }
    }

    // MARK: What comes

    /// Whether there is room for more.
    package var wantsMore: Bool {
        receiver.status == .enabled && entries.count < Limits.deliveriesAtHand
            && givenUp.count < Limits.deadLettersPerNote
            && (ahead.count < Limits.deliveriesAhead || entries.isEmpty)
    }

    /// Whether there is so much room that a reading for it alone is worth it.
    var wantsPage: Bool { wantsMore && entries.count <= Limits.deliveriesAtHand / 2 }

    /// Takes what follows in the outbox, which reaches through a place, as far as there is room.
    package mutating func take(_ page: some Sequence<EndedSession>, through place: UInt64) {
        guard receiver.status == .enabled else { return }
        for ended in page where ended.number > readThrough {
            if receiver.isToHear(of: ended) {
                guard wantsMore else { return move() }
                entries.append(Entry(ended: ended))
            }
            readThrough = ended.number
        }
        readThrough = max(readThrough, place)
        move()
    }

    // MARK: What goes

    /// Whether it has failed last time.
    package var isFailing: Bool { receiver.progress.failures > 0 }

    /// The next request to make, if there is one now; it counts as under way.
    ///
    /// What is too old is given up on the way.
    package mutating func next(at now: Timestamp, life: Duration) -> Dispatch? {
        guard receiver.status == .enabled else { return nil }
        expire(at: now, life: life)
        guard givenUp.count < Limits.deadLettersPerNote else { return nil }
        guard underWay < mostUnderWay, !isHeld(at: now) else { return nil }
        if let verification = receiver.verification, receiver.kind == .eventPush, !isVerifying {
            isVerifying = true
            underWay += 1
            return Dispatch(.verification(verification), to: receiver, round: round)
        }
        guard let index = candidate(at: now) else { return nil }
        entries[index].isUnderWay = true
        underWay += 1
        return Dispatch(.ended(entries[index].ended), to: receiver, round: round)
    }

    /// When there may be something to do that is waited for; nil when nothing is.
    package func nextMoment(at now: Timestamp) -> Timestamp? {
        guard receiver.status == .enabled, underWay < mostUnderWay else { return nil }
        let waiting = entries.indices.lazy.filter { !entries[$0].isUnderWay }.map { entries[$0].notBefore ?? now }.min()
        guard waiting != nil || (receiver.verification != nil && !isVerifying) else { return nil }
        let entry = waiting ?? now
        return isHeld(at: now) ? max(entry, receiver.progress.retryAt ?? now) : max(entry, now)
    }

    private var mostUnderWay: Int { isFailing ? 1 : min(1 + successes, Limits.deliveriesPerReceiver) }

    private func isHeld(at now: Timestamp) -> Bool { receiver.progress.retryAt.map { $0.isAhead(of: now) } ?? false }

    private func candidate(at now: Timestamp) -> Int? {
        let due = entries.indices.lazy.filter { index in
            !entries[index].isUnderWay && !(entries[index].notBefore.map { $0.isAhead(of: now) } ?? false)
        }
        return isFailing ? due.min { entries[$0].tries < entries[$1].tries } : due.first
    }

    /// Moves over the finished prefix.
    mutating func move() {
        let through = entries.first.map { $0.ended.number - 1 } ?? readThrough
        guard through > receiver.progress.through else { return }
        receiver.progress.through = through
        ahead.removeAll { $0 <= through }
        isMoved = true
    }
}

extension Timestamp {
    /// Whether it is still to come; one that is further away than any that is ever set comes from a clock that was wrong.
    fileprivate func isAhead(of now: Timestamp) -> Bool {
        self > now && self <= now + max(Limits.longestBackoff, Limits.longestRetryAfter)
    }
}
