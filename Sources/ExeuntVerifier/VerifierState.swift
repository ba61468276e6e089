internal import Settlement

/// All that a verifier knows: the log as far as it is applied, the keys, the tokens that it has seen, and who waits.
///
/// It is a value that is told what time it is; ``TokenVerifier`` holds it in a lock and talks to the world.
struct VerifierState: Sendable {
    /// What is found of a token.
    enum Finding: Sendable {
        case accepted(VerifiedToken)
        case refused(VerificationError)
        /// It is genuine and not known to be over; but nothing vouches for that now.
        case unknown
        /// Its signature has not been checked yet: to be done with these keys, outside the lock.
        case unseen(PublicKeys, generation: UInt64)
    }

    let mode: VerifierConfiguration.Mode
    private(set) var follower: FollowerState
    private(set) var keys = PublicKeys()
    private(set) var keysVersion: String?
    private(set) var cache: TokenCache
    private(set) var watchers = EndWatchers()
    private(set) var hasBeenLive = false
    private(set) var isStopped = false
    var counts = CheckCounts()
    var pollErrors: UInt64 = 0
    var lastError: String?

    /// Changes when a key goes, so that a signature that was checked with it does not count.
    private var generation: UInt64 = 0
    private var fetchesBegun: UInt64 = 0
    private var fetchApplied: UInt64 = 0

    init(id: Identifier, mode: VerifierConfiguration.Mode, cacheCapacity: Int, cacheKey: (UInt64, UInt64)) {
        self.mode = mode
        follower = FollowerState(id: id)
        cache = TokenCache(capacity: cacheCapacity, key: cacheKey)
    }

    // MARK: Checking

    /// Looks at a token of whatever text.
    mutating func check(_ text: UnsafeRawBufferPointer, hash: UInt64, at now: ClockReading) -> Finding {
        guard let token = cache.find(text, hash: hash) else { return .unseen(keys, generation: generation) }
        counts.cacheHits += 1
        return judge(token, at: now)
    }

    /// Takes in a token whose signature has been found right meanwhile.
    mutating func admit(
        _ token: VerifiedToken, text: UnsafeRawBufferPointer, hash: UInt64, checkedWith generation: UInt64,
        at now: ClockReading
    ) -> Finding {
        guard generation == self.generation else { return .unseen(keys, generation: self.generation) }
        let finding = judge(token, at: now)
        // What is of no use again does not push out what is.
        if case .refused = finding { return finding }
        cache.insert(token, text: text, hash: hash)
        return finding
    }

    /// Takes in a token that the authority has just called active.
    mutating func admit(
        confirmed token: VerifiedToken, text: UnsafeRawBufferPointer, hash: UInt64, at now: ClockReading
    ) -> Finding {
        if let refusal = refusal(of: token, at: now) { return .refused(refusal) }
        if token.confirmation?.isLive(at: now) == true { cache.insert(token, text: text, hash: hash) }
        counts.count(.accepted)
        return .accepted(token)
    }

    /// Looks at a token of whatever text, as ``check(_:hash:at:)`` does, but for whether it is over: that is asked elsewhere.
    mutating func recall(_ text: UnsafeRawBufferPointer, hash: UInt64, at now: ClockReading) -> Finding {
        guard let token = cache.find(text, hash: hash) else { return .unseen(keys, generation: generation) }
        counts.cacheHits += 1
        return refusal(of: token, at: now).map { .refused($0) } ?? .accepted(token)
    }

    /// Takes in a token whose signature has been found right meanwhile, as ``recall(_:hash:at:)`` sees it.
    mutating func remember(
        _ token: VerifiedToken, text: UnsafeRawBufferPointer, hash: UInt64, checkedWith generation: UInt64,
        at now: ClockReading
    ) -> Finding {
        guard generation == self.generation else { return .unseen(keys, generation: self.generation) }
        if let refusal = refusal(of: token, at: now) { return .refused(refusal) }
        cache.insert(token, text: text, hash: hash)
        return .accepted(token)
    }

    private mutating func judge(_ token: VerifiedToken, at now: ClockReading) -> Finding {
        if let refusal = refusal(of: token, at: now) { return .refused(refusal) }
        let isVouchedFor =
            switch mode {
            case .feed: follower.hasLease(at: now)
            case .introspection: token.confirmation?.isLive(at: now) == true
            }
        guard isVouchedFor else { return .unknown }
        counts.count(.accepted)
        return .accepted(token)
    }

    /// Why a token is refused whatever the authority might say.
    private func refusal(of token: VerifiedToken, at now: ClockReading) -> VerificationError? {
        if follower.wall(at: now) >= token.refusedFrom { return .expired }
        if now.wall < token.acceptedFrom { return .notYetValid }
        return follower.revocations.isOver(token.claims) ? .ended : nil
    }

    // MARK: Following

    /// Takes an answer; says who is to be told of an end.
    mutating func receive(
        _ answer: FeedAnswer, asked: ClockReading, at now: ClockReading
    ) -> (isOfUse: Bool, ended: [EndWatchers.Tell]) {
        guard follower.receive(answer, asked: asked, at: now) else { return (false, []) }
        hasBeenLive = hasBeenLive || follower.hasLease(at: now)
        return (true, answer.revocations.flatMap { watchers.takeEnded(by: $0) })
    }

    /// The number of a fetch of the keys that is about to begin.
    mutating func beginFetch() -> UInt64 {
        fetchesBegun += 1
        return fetchesBegun
    }

    /// Takes over the keys that a fetch has brought, unless one that began later was quicker; `version` is what the authority called
    /// them when it asked for that.
    mutating func replaceKeys(with fetched: PublicKeys, fetch: UInt64, version: String?) {
        if fetch > fetchApplied {
            fetchApplied = fetch
            if !fetched.hasAll(of: keys) {
                generation += 1
                cache.removeAll()
            }
            keys = fetched
        }
        if let version { keysVersion = version }
    }

    // MARK: The end

    /// Gives up the lease for good; says who is to be told.
    mutating func stop() -> [EndWatchers.Tell] {
        isStopped = true
        follower.stop()
        return watchers.takeAll()
    }

    /// Says who is to be told that nothing can be promised any more.
    mutating func takeUnpromised(at now: ClockReading) -> [EndWatchers.Tell] {
        follower.hasLease(at: now) || watchers.count == 0 ? [] : watchers.takeAll()
    }

    /// Adds somebody who waits for the end of a token's session, or says what there is to hear already.
    ///
    /// Throws when too many wait.
    mutating func watch(
        _ token: VerifiedToken, at now: ClockReading, _ tell: @escaping EndWatchers.Tell
    ) throws(TooManyWatchers) -> Watching {
        if follower.revocations.isOver(token.claims) { return .already(.ended) }
        guard follower.hasLease(at: now) else { return .already(.unknown) }
        guard watchers.count < Limits.watchers else { throw TooManyWatchers() }
        return .watching(watchers.add(token.claims, tell))
    }

    enum Watching { case watching(UInt64), already(SessionEnd) }

    mutating func unwatch(_ id: UInt64) { watchers.remove(id) }

    mutating func dropExpiredTokens(at now: ClockReading) {
        cache.removeExpired(at: follower.wall(at: now), inSlots: Limits.sweptSlots)
    }

    // MARK: Looking on

    func phase(at now: ClockReading) -> VerifierStatus.State {
        if isStopped { return .stopped }
        if follower.hasLease(at: now) { return .live }
        return hasBeenLive ? .lapsed : .starting
    }

    func status(at now: ClockReading) -> VerifierStatus {
        let lease = follower.hasLease(at: now) ? follower.lease : nil
        return VerifierStatus(
            state: phase(at: now), applied: follower.applied,
            leaseAge: lease.map { .milliseconds(now.moment - $0.asked.moment) },
            leaseLeft: lease.map { .milliseconds($0.end - now.moment) }, revocations: follower.revocations.count,
            cachedTokens: cache.count, watchers: watchers.count, checks: counts.byResult, cacheHits: counts.cacheHits,
            pollErrors: pollErrors, lastError: lastError)
    }
}
