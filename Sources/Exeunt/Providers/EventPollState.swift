/// What one provider has to be told with the next poll for its events, and when that is due: the decisions of an ``EventPoller``.
package struct EventPollState: Sendable {
    /// What became of an event.
    package enum Outcome: Hashable, Sendable {
        case accepted
        case refused(SecurityEventFault)
        /// It could not be acted upon now: it is neither acknowledged nor refused, so it comes again.
        case failed
    }

    /// Events that were acted upon, by `jti`.
    private var acknowledged: Set<String> = []
    private var refused: [String: SecurityEventFault] = [:]
    /// Polls without success in a row.
    private var failures = 0

    package init() {}

    /// The next poll (RFC 8936 §2.4.1): it may be held until there is something.
    package var poll: EventPoll {
        EventPoll(acknowledged: acknowledged.sorted(), refused: refused, maxEvents: Limits.eventsPerPoll)
    }

    /// A poll was answered after so long, with these outcomes by `jti`; gives the pause until the next.
    ///
    /// What the poll has acknowledged is done with. News is acknowledged at once.
    package mutating func answered(_ outcomes: [String: Outcome], after milliseconds: Int64) -> Duration {
        (acknowledged, refused) = ([], [:])
        var isComplete = true
        for (id, outcome) in outcomes {
            switch outcome {
            case .accepted: acknowledged.insert(id)
            case .refused(let fault): refused[id] = fault
            case .failed: isComplete = false
            }
        }
        guard isComplete else { return backOff() }
        failures = 0
        guard outcomes.isEmpty else { return .zero }
        return max(.zero, Limits.pollPause.idle - .milliseconds(milliseconds))
    }

    /// A poll had no usable answer, so that it is not known what of it has arrived; gives the pause until it is repeated.
    package mutating func failed() -> Duration { backOff() }

    private mutating func backOff() -> Duration {
        failures += 1
        let pause = Limits.pollPause
        return min(pause.most, pause.least * (1 << min(failures - 1, 16)))
    }
}
