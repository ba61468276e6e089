internal import Settlement

/// Sees everything as it is, in true time, and stops at the first thing that may not be.
///
/// It knows nothing of the code. It keeps what was issued, what a logout was meant to end, what was called settled, and who
/// accepted what.
struct Checker {
    struct Token {
        let claims: TokenClaims
        /// Milliseconds since 1970.
        let expires: Int64
        let session: Int
        /// The first logout that ended it.
        var endedBy: UInt64?
    }

    struct Session {
        let subject: Subject
        var endedBy: UInt64?
    }

    private(set) var tokens: [Token] = []
    private(set) var sessions: [Session] = []
    /// Ended tokens, before and after their end was called settled.
    private var unsettled: [Int] = []
    private(set) var settledTokens: [Int] = []
    /// The log was called settled through this.
    private(set) var settled: UInt64 = 0
    private var settledAt = Instant.start
    /// The logouts that were answered, by the numbers of their requests.
    private var answered: [Int] = []
    /// When the records of the log may go, in milliseconds since 1970.
    private var recordEnds: [Int64] = []
    private(set) var violation: Violation?

    mutating func breaks(_ invariant: Invariant, _ what: String) {
        if violation == nil { violation = Violation(invariant: invariant, what: what) }
    }

    // MARK: What the authority does

    mutating func signedIn(_ subject: Subject) { sessions.append(Session(subject: subject)) }

    mutating func issued(_ token: Store.Token, of session: Int) {
        tokens.append(Token(claims: token.claims, expires: token.expires, session: session))
        if let seq = sessions[session].endedBy {
            breaks(
                .noResurrection,
                "session \(session) got token \(tokens.count - 1) though it had been ended, by record \(seq) of the log"
            )
        }
    }

    /// A logout has been committed as record `seq`, to be kept until then.
    mutating func ended(_ logout: Logout, by seq: UInt64, keptUntil end: Int64) {
        recordEnds.append(end)
        for (number, session) in sessions.enumerated() where session.endedBy == nil {
            if isEnded(number, by: logout) { sessions[number].endedBy = seq }
        }
        for (number, token) in tokens.enumerated() where token.endedBy == nil {
            let isMeant = if case .token(number, _) = logout { true } else { sessions[token.session].endedBy != nil }
            guard isMeant else { continue }
            tokens[number].endedBy = seq
            unsettled.append(number)
        }
    }

    /// Whether a logout is meant to end a session that is live when it is committed.
    private func isEnded(_ session: Int, by logout: Logout) -> Bool {
        switch logout {
        case .token: false
        case .session(let ended): session == ended
        case .everywhere(let subject): sessions[session].subject == subject
        case .elsewhere(let subject, let kept): sessions[session].subject == subject && session != kept
        case .everyone: true
        }
    }

    mutating func answered(_ request: Int) { answered.append(request) }

    /// The authority starts with what is on the disk: all that was answered has to be there.
    mutating func restarted(with store: Store) {
        for request in answered where store.seq(of: request) == nil {
            breaks(.nothingLost, "logout \(request) was answered, and is not in the log")
        }
    }

    /// The authority says that the log is settled through `seq`; gives the tokens that are to be refused from now on.
    mutating func settled(through seq: UInt64, at now: Instant) -> [Int] {
        if seq > settled { (settled, settledAt) = (seq, now) }
        guard !unsettled.isEmpty else { return [] }
        let fresh = unsettled.filter { isSettled(tokens[$0]) }
        guard !fresh.isEmpty else { return [] }
        unsettled = unsettled.filter { !isSettled(tokens[$0]) }
        settledTokens += fresh
        return fresh
    }

    private func isSettled(_ token: Token) -> Bool { token.endedBy.map { $0 <= settled } ?? false }

    // MARK: What verifiers do

    mutating func verdict(_ verdict: FollowerState.Verdict, on token: Int, by verifier: Int, at now: Instant) {
        switch (verdict, tokens[token].endedBy) {
        case (.live, let seq?) where seq <= settled:
            breaks(
                .noAcceptAfterSettled,
                "verifier \(verifier) accepts token \(token) at \(now), though record \(seq), which ended it, "
                    + "was called settled by \(settledAt)")
        case (.over, nil):
            breaks(
                .noFalseKill,
                "verifier \(verifier) says at \(now) that token \(token) is over, which no logout has ended")
        default: break
        }
    }

    /// A verifier gives no answer, though it has had a lease that cannot have ended, or calls expired what is not.
    mutating func refused(_ token: Int, by verifier: Int, because reason: String, at now: Instant) {
        guard tokens[token].endedBy == nil else { return }
        breaks(.noFalseKill, "verifier \(verifier) refuses token \(token) at \(now), \(reason)")
    }

    /// A verifier holds so many records, when its wall clock says `wall`.
    mutating func holds(_ count: Int, by verifier: Int, wall: Int64, at now: Instant) {
        let most = recordEnds.count { $0 > wall - Bounds.recordSlackMilliseconds }
        if count > most {
            breaks(
                .boundedState,
                "verifier \(verifier) holds \(count) records at \(now), though only \(most) can still matter by its clock"
            )
        }
    }
}
