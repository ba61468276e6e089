internal import Settlement

/// What the store holds, which survives every crash.
///
/// Each act is one transaction, and they happen one after the other. So a renewal, which writes a row and reads the head, and a
/// commit come one before the other, as a lock on the counter of the log makes them.
struct Store {
    struct Session {
        var id: Identifier
        var subject: Subject
        var version: UInt64
        var epoch: UInt64
        var hasEnded = false
    }

    /// What a transaction did.
    enum Outcome {
        case signedIn(session: Int, Token)
        case refreshed(session: Int, Token)
        case ended(Logout, seq: UInt64)
        /// There was nothing live to refresh, or to end.
        case nothing
    }

    struct Token {
        var claims: TokenClaims
        /// Milliseconds since 1970.
        var expires: Int64
    }

    private let flaw: Variant?
    /// How long records are kept beyond the life of a token, in milliseconds.
    private let skewMilliseconds: Int64
    private(set) var sessions: [Session] = []
    private var versions: [UInt64] = Subject.allCases.map { _ in 1 }
    private var epoch: UInt64 = 1
    /// By rising `seq`; those from the old end whose time has passed are gone.
    private(set) var log: [Revocation] = []
    private(set) var head: UInt64 = 0
    var nodes = NodeTable()
    /// How long a token that is issued now can be accepted, in milliseconds.
    private var reach: Int64 = 0
    private var tokenLife: Int64 = 0
    /// Until when those that were issued before reach.
    private var horizon = Int64.min
    /// Through where the log has what a logout asked for, by the numbers of the requests.
    private var done: [Int: UInt64] = [:]
    /// Numbers that were handed out before their commit (``Variant/numbersBeforeCommit``).
    private var reserved: UInt64 = 0

    init(flaw: Variant?, skewMilliseconds: Int64) {
        self.flaw = flaw
        self.skewMilliseconds = skewMilliseconds
    }

    // MARK: Promises

    /// Tokens live for so long from now on.
    mutating func note(tokenLife: Int64, at wall: Int64) {
        guard tokenLife != self.tokenLife else { return }
        if reach > 0 { horizon = max(horizon, wall + reach) }
        self.tokenLife = tokenLife
        reach = tokenLife + skewMilliseconds
    }

    // MARK: Acts

    /// Whether a session is live: not ended, and of its subject's present version and the present epoch.
    func isLive(_ session: Int) -> Bool {
        let row = sessions[session]
        return !row.hasEnded && row.version == versions[row.subject.rawValue] && row.epoch == epoch
    }

    func version(of subject: Subject) -> UInt64 { versions[subject.rawValue] }

    /// Does what is asked, or nothing.
    mutating func commit(_ request: Request, _ random: inout SplitMix64) -> Outcome {
        switch request.act {
        case .signIn(let subject):
            let version = flaw == .readsVersionEarly ? request.early.version : versions[subject.rawValue]
            sessions.append(Session(id: .random(&random), subject: subject, version: version, epoch: epoch))
            let session = sessions.count - 1
            return .signedIn(session: session, token(of: session, at: request.wall, &random))
        case .refresh(let session):
            let mayGoOn = flaw == .refreshesInTwoSteps ? request.early.isLive : isLive(session)
            return mayGoOn ? .refreshed(session: session, token(of: session, at: request.wall, &random)) : .nothing
        case .logout(let logout):
            guard let target = end(logout) else {
                done[request.number] = head
                return .nothing
            }
            let seq = append(target, at: request.wall, as: request.early.seq)
            done[request.number] = seq
            return .ended(logout, seq: seq)
        }
    }

    private func token(of session: Int, at wall: Int64, _ random: inout SplitMix64) -> Token {
        let row = sessions[session]
        return Token(
            claims: TokenClaims(
                token: .random(&random), session: row.id, subject: row.subject.name, version: row.version,
                epoch: row.epoch),
            expires: wall + tokenLife)
    }

    /// Ends what is to be ended, and says how the log puts it; nil when nothing of it was live.
    private mutating func end(_ logout: Logout) -> Revocation.Target? {
        switch logout {
        case .token(_, let id): return .token(id)
        case .session(let session):
            guard isLive(session) else { return nil }
            sessions[session].hasEnded = true
            return .session(sessions[session].id)
        case .everywhere(let subject):
            versions[subject.rawValue] += 1
            return .subject(subject.name, version: versions[subject.rawValue], except: nil)
        case .elsewhere(let subject, let kept):
            let isKept = isLive(kept)
            versions[subject.rawValue] += 1
            if isKept { sessions[kept].version = versions[subject.rawValue] }
            return .subject(
                subject.name, version: versions[subject.rawValue], except: isKept ? sessions[kept].id : nil)
        case .everyone:
            epoch += 1
            return .all(epoch: epoch)
        }
    }

    // MARK: The log

    /// Hands out a number outside a transaction, as ``Variant/numbersBeforeCommit`` does.
    mutating func reserve() -> UInt64 {
        reserved = max(reserved, head) + 1
        return reserved
    }

    private mutating func append(_ target: Revocation.Target, at wall: Int64, as early: UInt64?) -> UInt64 {
        let seq = early ?? head + 1
        let until = flaw == .dropsRecordsEarly ? wall + tokenLife : max(wall + reach, horizon)
        let place = log.firstIndex { $0.seq > seq } ?? log.count
        log.insert(Revocation(seq: seq, target: target, until: until), at: place)
        head = max(head, seq)
        return seq
    }

    /// Through where the log has what a logout asked for; nil when it was not done.
    func seq(of request: Int) -> UInt64? { done[request] }

    /// The records after one `seq` through another.
    func records(after seq: UInt64, through last: UInt64) -> [Revocation] {
        log.filter { $0.seq > seq && $0.seq <= last }
    }

    /// The next records after a `seq`, so many at the most, and the `seq` through which they go.
    ///
    /// The head was read before; what has come since may be there in part, and the records before the last are whole.
    func page(after seq: UInt64, limit: Int, head: UInt64) -> (records: [Revocation], through: UInt64) {
        let all = log.filter { $0.seq > seq }
        let page = Array(all.prefix(limit))
        let last = page.last?.seq ?? seq
        return (page, page.count < limit ? max(last, head) : last)
    }

    /// Removes records from the old end whose time has passed.
    mutating func sweep(at wall: Int64) {
        let kept = log.drop { $0.until <= wall }
        if kept.count < log.count { log = Array(kept) }
    }
}

extension Identifier {
    static func random(_ random: inout SplitMix64) -> Identifier {
        Identifier(high: random.next(), low: random.next())
    }
}
