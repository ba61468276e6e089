internal import Settlement

/// Who is told what next: all receivers together, as a value that does no I/O.
///
/// Receivers take turns, so that nobody who has much to hear, or who answers slowly, keeps another one waiting.
package struct OutboxState: Sendable {
    /// How it goes, for whoever operates this.
    package struct Standing: Hashable, Sendable {
        /// Endings that receivers are still to be told of, at the most.
        package var pending = 0
        package var underWay = 0
        package var oldestPending: Timestamp?
        package var failingReceivers = 0
    }

    /// A turn for the better or the worse.
    package enum Turn: Hashable, Sendable {
        case fails
        case worksAgain
        /// It wants to hear nothing any more.
        case isGone(String)
    }

    private var queues: [Identifier: ReceiverQueue] = [:]
    private var tail: OutboxTail
    /// Those that may have something to send, each once, in the order of their turns.
    private var turns: [Identifier] = []
    private var hasTurn: Set<Identifier> = []
    private var underWay = 0
    private var tries = 0
    private let life: Duration

    /// Nobody is told of an outbox that reaches through a place, yet.
    package init(head: UInt64, life: Duration) {
        tail = OutboxTail(end: head, capacity: Limits.outboxTail)
        self.life = life
    }

    /// Whether there is anybody to tell.
    package var isNeeded: Bool { queues.values.contains { $0.receiver.status == .enabled } }

    // MARK: What comes

    /// Begins at a place in the outbox: what is before it is read for those who lack it.
    package mutating func begin(at head: UInt64) { tail = OutboxTail(end: head, capacity: Limits.outboxTail) }

    /// The receivers, as the store has them.
    package mutating func found(_ receivers: [Receiver], at now: Timestamp) {
        let told = receivers.filter { $0.kind != .eventPoll }
        let names = Set(told.map(\.id))
        for id in queues.keys where !names.contains(id) { remove(id) }
        for receiver in told {
            if queues[receiver.id] == nil { queues[receiver.id] = ReceiverQueue(receiver, at: now) }
            queues[receiver.id]?.update(receiver)
        }
        fill()
        lookAround(at: now)
    }

    /// Where to read on for what is new.
    package var end: UInt64 { tail.end }

    /// What the outbox has after ``end``.
    package mutating func read(_ page: [EndedSession]) {
        tail.append(page)
        fill()
    }

    /// After which place to read for receivers that are behind what is in memory; nil when there is none that has room.
    package var behind: UInt64? {
        queues.values.filter { $0.wantsPage && $0.readThrough < tail.start }.map(\.readThrough).min()
    }

    /// What the outbox has after that place; when it is all that there is, it reaches through the place of the newest in memory.
    package mutating func read(_ page: [EndedSession], after place: UInt64, isAll: Bool) {
        let through = isAll ? tail.end : page.last?.number ?? place
        for id in Array(queues.keys) {
            guard let at = queues[id]?.readThrough, at >= place, at < through else { continue }
            queues[id]?.take(page, through: through)
            giveTurn(id)
        }
    }

    /// Gives a turn to everybody whose time has come.
    package mutating func lookAround(at now: Timestamp) {
        for (id, queue) in queues where !hasTurn.contains(id) {
            if queue.nextMoment(at: now).map({ $0 <= now }) ?? false { giveTurn(id) }
        }
    }

    // MARK: What goes

    /// The requests to make now; they count as under way.
    package mutating func next(at now: Timestamp) -> [Dispatch] {
        var made: [Dispatch] = []
        var waiting: [Identifier] = []
        var turn = 0
        while turn < turns.count, underWay < Limits.deliveriesUnderWay {
            let id = turns[turn]
            turn += 1
            guard let isTry = queues[id]?.isFailing else {
                hasTurn.remove(id)
                continue
            }
            if isTry, tries >= Limits.triesUnderWay {
                waiting.append(id)
            } else if let dispatch = queues[id]?.next(at: now, life: life) {
                underWay += 1
                if isTry { tries += 1 }
                made.append(dispatch)
                turns.append(id)
            } else {
                hasTurn.remove(id)
                if fill(id) { giveTurn(id) }
            }
        }
        turns.removeFirst(turn)
        turns.append(contentsOf: waiting)
        return made
    }

    /// What has become of a request, and what an operator should know of it.
    package mutating func answered(
        _ dispatch: Dispatch, _ verdict: DeliveryVerdict, at now: Timestamp, chance: Double
    ) -> Turn? {
        underWay -= 1
        if dispatch.isTry { tries -= 1 }
        let id = dispatch.receiver.id
        let wasFailing = queues[id]?.isFailing
        queues[id]?.answered(dispatch, verdict, at: now, chance: chance)
        _ = fill(id)
        giveTurn(id)
        guard let wasFailing, let isFailing = queues[id]?.isFailing else { return nil }
        if case .gone(let why) = verdict { return .isGone(why) }
        if wasFailing == isFailing { return nil }
        return isFailing ? .fails : .worksAgain
    }

    // MARK: What is noted

    /// What is to be noted now, for at most ``Limits/reportsPerNote`` receivers.
    package func reports(at now: Timestamp, areLast: Bool = false) -> [DeliveryReport] {
        var reports: [DeliveryReport] = []
        for queue in queues.values where reports.count < Limits.reportsPerNote {
            if let report = queue.report(at: now, isLast: areLast) { reports.append(report) }
        }
        return reports
    }

    /// These have been noted.
    package mutating func noted(_ reports: [DeliveryReport], at now: Timestamp) {
        for report in reports {
            queues[report.receiver]?.noted(report, at: now)
            // There is room again for what is given up.
            guard !report.givenUp.isEmpty, queues[report.receiver] != nil else { continue }
            _ = fill(report.receiver)
            giveTurn(report.receiver)
        }
    }

    /// How it goes.
    package var standing: Standing {
        var standing = Standing()
        standing.underWay = underWay
        for queue in queues.values where queue.receiver.status != .disabled {
            standing.pending += queue.entries.count + Int(tail.end - min(queue.readThrough, tail.end))
            if queue.isFailing { standing.failingReceivers += 1 }
            guard let oldest = queue.entries.first?.ended.at else { continue }
            standing.oldestPending = min(oldest, standing.oldestPending ?? oldest)
        }
        return standing
    }

    // MARK: Inside

    private mutating func giveTurn(_ id: Identifier) {
        if hasTurn.insert(id).inserted { turns.append(id) }
    }

    private mutating func fill() {
        for id in Array(queues.keys) where fill(id) { giveTurn(id) }
    }

    /// Fills the room of a receiver from memory; says whether there was something.
    private mutating func fill(_ id: Identifier) -> Bool {
        guard let place = queues[id]?.readThrough, place < tail.end, queues[id]?.wantsMore == true,
            let endings = tail.endings(after: place)
        else { return false }
        queues[id]?.take(endings, through: tail.end)
        return true
    }

    private mutating func remove(_ id: Identifier) {
        queues[id] = nil
        hasTurn.remove(id)
        turns.removeAll { $0 == id }
    }
}
