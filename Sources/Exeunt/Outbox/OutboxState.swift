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

    /// Looked at by their indices, in which none is copied: a pass goes over all of them.
    private var queues: [ReceiverQueue] = []
    private var indices: [Identifier: Int] = [:]
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
    package var isNeeded: Bool { queues.indices.contains { queues[$0].receiver.status == .enabled } }

    // MARK: What comes

    /// Begins at a place in the outbox: what is before it is read for those who lack it.
    package mutating func begin(at head: UInt64) { tail = OutboxTail(end: head, capacity: Limits.outboxTail) }

    /// The receivers, as the store has them.
    package mutating func found(_ receivers: [Receiver], at now: Timestamp) {
        let told = receivers.filter { $0.kind != .eventPoll }
        let names = Set(told.map(\.id))
        remove { !names.contains($0) }
        for receiver in told {
            if let index = indices[receiver.id] {
                queues[index].update(receiver)
            } else {
                indices[receiver.id] = queues.count
                queues.append(ReceiverQueue(receiver, at: now))
            }
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
        queues.indices.lazy.filter { queues[$0].readThrough < tail.start && queues[$0].wantsPage }
            .map { queues[$0].readThrough }.min()
    }

    /// What the outbox has after that place; when it is all that there is, it reaches through the place of the newest in memory.
    package mutating func read(_ page: [EndedSession], after place: UInt64, isAll: Bool) {
        let through = isAll ? tail.end : page.last?.number ?? place
        for index in queues.indices {
            guard queues[index].readThrough >= place, queues[index].readThrough < through else { continue }
            queues[index].take(page, through: through)
            giveTurn(queues[index].receiver.id)
        }
    }

    /// Gives a turn to everybody whose time has come.
    package mutating func lookAround(at now: Timestamp) {
        for index in queues.indices where !hasTurn.contains(queues[index].receiver.id) {
            if queues[index].nextMoment(at: now).map({ $0 <= now }) ?? false { giveTurn(queues[index].receiver.id) }
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
            guard let index = indices[id] else {
                hasTurn.remove(id)
                continue
            }
            let isTry = queues[index].isFailing
            if isTry, tries >= Limits.triesUnderWay {
                waiting.append(id)
            } else if let dispatch = queues[index].next(at: now, life: life) {
                underWay += 1
                if isTry { tries += 1 }
                made.append(dispatch)
                turns.append(id)
            } else {
                hasTurn.remove(id)
                if fill(index) { giveTurn(id) }
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
        guard let index = indices[dispatch.receiver.id] else { return nil }
        let wasFailing = queues[index].isFailing
        queues[index].answered(dispatch, verdict, at: now, chance: chance)
        let isFailing = queues[index].isFailing
        _ = fill(index)
        giveTurn(dispatch.receiver.id)
        if case .gone(let why) = verdict { return .isGone(why) }
        if wasFailing == isFailing { return nil }
        return isFailing ? .fails : .worksAgain
    }

    // MARK: What is noted

    /// What is to be noted now, for at most ``Limits/reportsPerNote`` receivers.
    package func reports(at now: Timestamp, areLast: Bool = false) -> [DeliveryReport] {
        var reports: [DeliveryReport] = []
        for index in queues.indices where reports.count < Limits.reportsPerNote {
            if let report = queues[index].report(at: now, isLast: areLast) { reports.append(report) }
        }
        return reports
    }

    /// These have been noted.
    package mutating func noted(_ reports: [DeliveryReport], at now: Timestamp) {
        for report in reports {
            guard let index = indices[report.receiver] else { continue }
            queues[index].noted(report, at: now)
            // There is room again for what is given up.
            if report.givenUp.isEmpty { continue }
            _ = fill(index)
            giveTurn(report.receiver)
        }
    }

    /// How it goes.
    package var standing: Standing {
        var standing = Standing()
        standing.underWay = underWay
        for queue in queues where queue.receiver.status != .disabled {
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
        for index in queues.indices where fill(index) { giveTurn(queues[index].receiver.id) }
    }

    /// Fills the room of a receiver from memory; says whether there was something.
    private mutating func fill(_ index: Int) -> Bool {
        let through = queues[index].readThrough
        guard through < tail.end, queues[index].wantsMore, let endings = tail.endings(after: through) else {
            return false
        }
        queues[index].take(endings, through: tail.end)
        return true
    }

    private mutating func remove(where isGone: (Identifier) -> Bool) {
        guard indices.keys.contains(where: isGone) else { return }
        queues.removeAll { isGone($0.receiver.id) }
        indices = Dictionary(uniqueKeysWithValues: queues.indices.map { (queues[$0].receiver.id, $0) })
        turns.removeAll(where: isGone)
        hasTurn = hasTurn.filter { !isGone($0) }
    }
}
