public import Logging
internal import Settlement
internal import Synchronization

/// Checks the authority's access tokens, in memory, and knows of each sign-out before it is settled.
///
/// It is a service: run it, and stop it after whatever serves requests. In a service group it stands before the server, because
/// the last is stopped first.
public final class TokenVerifier: Sendable {
    /// The authority, as this server's client.
    public let authority: AuthorityClient
    let configuration: VerifierConfiguration
    let environment: VerifierEnvironment
    let logger: Logger
    let state: Mutex<VerifierState>
    let metrics = VerifierMetrics()
    let rules: TokenRules
    let cacheKey: (UInt64, UInt64)
    private let wantedKeys = SingleFlight<Bool, Bool>(limit: 1)
    private let lastKeyMiss = Mutex<Moment?>(nil)
    private let questions = Atomic(0)

    /// A verifier that has yet to be run.
    ///
    /// Throws when the configuration cannot be meant.
    public convenience init(
        _ configuration: VerifierConfiguration, logger: Logger = Logger(label: "exeunt.verifier")
    ) throws(VerifierConfiguration.Fault) {
        try self.init(configuration, environment: .live, logger: logger)
    }

    package init(
        _ configuration: VerifierConfiguration, environment: VerifierEnvironment, logger: Logger
    ) throws(VerifierConfiguration.Fault) {
        try configuration.check()
        self.configuration = configuration
        self.environment = environment
        self.logger = logger
        authority = AuthorityClient(configuration, clock: environment.clock)
        rules = TokenRules(
            issuer: configuration.issuer, audience: configuration.audience ?? configuration.issuer,
            skew: configuration.clockSkew.milliseconds)
        cacheKey = (environment.random(), environment.random())
        state = Mutex(
            VerifierState(
                id: environment.identifier(), mode: configuration.mode, cacheCapacity: configuration.cacheCapacity,
                cacheKey: cacheKey))
    }

    // MARK: Checking

    /// Who shows this access token, if it is accepted now: no waiting, no network.
    ///
    /// Throws `stale` when memory is not enough; ``verifyOrAsk(_:)`` knows what to do then.
    public func verify(_ token: String) throws(VerificationError) -> Identity {
        switch look(token) {
        case .accepted(let token): return Identity(token: token)
        case .refused(let error): throw counted(error)
        case .unknown, .unseen: throw counted(.stale(retryAfter: Limits.retryAfter))
        }
    }

    /// Who shows this access token, if it is accepted now; the authority is asked where that is configured, or where it names a key
    /// that has not been heard of.
    ///
    /// As a rule it does not wait.
    public func verifyOrAsk(_ token: String) async throws(VerificationError) -> Identity {
        var finding = look(token)
        if case .refused(.unknownKey) = finding {
            guard let sure = await lookWithNewKeys(token) else {
                throw counted(.stale(retryAfter: Limits.retryAfter))
            }
            finding = sure
        }
        if case .unknown = finding, asksWhenUnknown { finding = await ask(token) }
        switch finding {
        case .accepted(let token): return Identity(token: token)
        case .refused(let error): throw counted(error)
        case .unknown, .unseen: throw counted(.stale(retryAfter: Limits.retryAfter))
        }
    }

    private func counted(_ error: VerificationError) -> VerificationError {
        state.withLock { $0.counts.count(CheckCounts.Result(error)) }
        return error
    }

    private func look(_ token: String) -> VerifierState.Finding {
        token.utf8.withContiguousStorageIfAvailable { look(UnsafeRawBufferPointer($0)) }
            ?? Array(token.utf8).withUnsafeBytes { look($0) }
    }

    private func look(_ text: UnsafeRawBufferPointer) -> VerifierState.Finding {
        guard (Limits.shortestTokenBytes...Limits.tokenBytes).contains(text.count) else { return .refused(.malformed) }
        let hash = TokenCache.hash(text, key: cacheKey)
        var finding = state.withLock { $0.check(text, hash: hash, at: environment.reading()) }
        while case .unseen(let keys, let generation) = finding {
            do throws(VerificationError) {
                let token = try read(text, keys: keys)
                finding = state.withLock {
                    $0.admit(token, text: text, hash: hash, checkedWith: generation, at: environment.reading())
                }
            } catch {
                return isKnown(error) ? .refused(error) : .unknown
            }
        }
        return finding
    }

    private func read(_ text: UnsafeRawBufferPointer, keys: PublicKeys) throws(VerificationError) -> VerifiedToken {
        try rules.read(Array(text), keys: keys)
    }

    /// Whether an error stands: of one who follows, the keys may be old without a lease, or not there yet.
    private func isKnown(_ error: VerificationError) -> Bool {
        guard error == .unknownKey, case .feed = configuration.mode else { return true }
        return state.withLock { $0.follower.hasLease(at: environment.reading()) }
    }

    // MARK: Asking

    private var asksWhenUnknown: Bool {
        switch configuration.mode {
        case .feed(_, let onLapse): onLapse == .introspect
        case .introspection: true
        }
    }

    /// Fetches the keys, and looks once more; nil when it stays unknown whether there is such a key.
    ///
    /// A token of a key that is a moment old may be quicker than the news of it. Anybody can name a key that there is not, though,
    /// so the keys are fetched at most once a second for it; in between, nothing is known of such a token.
    private func lookWithNewKeys(_ token: String) async -> VerifierState.Finding? {
        let areNew = await fetchMissingKeys()
        let finding = look(token)
        guard case .refused(.unknownKey) = finding else { return finding }
        return areNew ? finding : nil
    }

    /// Fetches the keys because one is missing, and says whether they were fetched since the call.
    ///
    /// Only keys that were fetched after a token had come say that there is no such key.
    func fetchMissingKeys() async -> Bool {
        let fetched = try? await wantedKeys.run(true) { [self] () -> Bool in
            let now = environment.reading().moment
            let isDue = lastKeyMiss.withLock { last in
                if let last, now - last < Limits.keyMissInterval.milliseconds { return false }
                last = now
                return true
            }
            guard isDue else { return false }
            try await fetchKeys(version: nil)
            return true
        }
        return fetched.map { $0.value && $0.isOwn } ?? false
    }

    /// Fetches the keys and takes them over; `version` is what the authority called them before.
    func fetchKeys(version: String?) async throws(AuthorityFailure) {
        let fetch = state.withLock { $0.beginFetch() }
        let keys = try await authority.keys(nonce: environment.random())
        state.withLock { $0.replaceKeys(with: keys, fetch: fetch, version: version) }
    }

    /// Asks the authority about one token.
    private func ask(_ token: String) async -> VerifierState.Finding {
        guard questions.wrappingAdd(1, ordering: .relaxed).newValue <= Limits.questions else {
            questions.wrappingSubtract(1, ordering: .relaxed)
            return .unknown
        }
        defer { questions.wrappingSubtract(1, ordering: .relaxed) }
        let bytes = Array(token.utf8)
        do {
            try rules.checkForm(bytes)
            let asked = environment.reading()
            guard let word = try await authority.introspect(token) else { return .refused(.ended) }
            let read = try rules.read(bytes, confirmation: Lease(asked: asked, milliseconds: confirmedMilliseconds))
            // A refresh token or a session's handle is active too, and no access token.
            guard word.tokenUse ?? "access_token" == "access_token" else { return .refused(.wrongType) }
            guard word.sub == read.claims.subject, word.sid == read.sessionID, word.jti == read.tokenID,
                word.iss ?? configuration.issuer == configuration.issuer
            else { return .refused(.malformed) }
            return bytes.withUnsafeBytes { text in
                state.withLock {
                    $0.admit(
                        confirmed: read, text: text, hash: TokenCache.hash(text, key: cacheKey),
                        at: environment.reading())
                }
            }
        } catch let error as VerificationError {
            return .refused(error)
        } catch {
            state.withLock { $0.lastError = "\(error)" }
            return .unknown
        }
    }

    private var confirmedMilliseconds: Int64 {
        if case .introspection(let bound) = configuration.mode { bound.milliseconds } else { 0 }
    }
}
