package import Settlement

/// When a provider's keys are fetched, and which ones are used meanwhile: the decisions, without the fetching.
package struct ProviderKeyCache: Sendable {
    /// What whoever needs keys does.
    package enum Action: Sendable {
        /// Use these; the edition tells them from those that come later.
        case use(ProviderKeySet, edition: UInt64)
        /// Fetch them, then say how that went, then ask for the ``rest(at:)``.
        case fetch
        /// Wait for whoever is fetching them, then ask for the ``rest(at:)``.
        case join
        /// There are none, because of this.
        case unavailable(String)
    }

    private var keys: ProviderKeySet?
    private var edition: UInt64 = 0
    private var freshUntil = Moment(milliseconds: .min)
    private var usableUntil = Moment(milliseconds: .min)
    private var mayFetchFrom = Moment(milliseconds: .min)
    private var isFetching = false
    /// Why the last fetch failed, if it did.
    package private(set) var failure: String?

    package init() {}

    /// What to do for somebody who needs keys, newer than the edition `seen` when that did not do.
    package mutating func ask(beyond seen: UInt64? = nil, at now: Moment) -> Action {
        if let keys, now < freshUntil, edition > seen ?? 0 { return .use(keys, edition: edition) }
        if isFetching { return .join }
        guard now >= mayFetchFrom else { return rest(at: now) }
        isFetching = true
        return .fetch
    }

    /// What there is when nothing can be fetched now: keys that have had their time go on, but not for ever.
    package func rest(at now: Moment) -> Action {
        if let keys, now < usableUntil { return .use(keys, edition: edition) }
        return .unavailable(failure ?? "the provider's keys have not been fetched yet")
    }

    /// Keys have come, to be used for as long as their provider says, within our bounds.
    package mutating func fetched(_ keys: ProviderKeySet, for said: Duration?, at now: Moment) {
        let bounds = Limits.keyFreshness
        let freshness = min(max(said ?? bounds.usual, bounds.least), bounds.most)
        self.keys = keys
        edition += 1
        freshUntil = now + freshness.milliseconds
        usableUntil = freshUntil + Limits.keyGrace.milliseconds
        mayFetchFrom = now + Limits.keyRefetch.milliseconds
        isFetching = false
        failure = nil
    }

    /// No keys have come; with some at hand there is less hurry, since each try makes somebody wait.
    package mutating func failed(_ why: String, at now: Moment) {
        let pause = keys != nil && now < usableUntil ? Limits.keyRefetch : Limits.keyRetry
        mayFetchFrom = now + pause.milliseconds
        isFetching = false
        failure = why
    }
}
