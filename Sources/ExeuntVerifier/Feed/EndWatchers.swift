internal import Settlement

/// Whoever waits to hear of the end of a session, found by what can end it.
struct EndWatchers: Sendable {
    typealias Tell = @Sendable (SessionEnd) -> Void

    private struct Watcher: Sendable {
        var claims: TokenClaims
        var tell: Tell
    }

    private var watchers: [UInt64: Watcher] = [:]
    private var bySession: [Identifier: Set<UInt64>] = [:]
    private var byToken: [Identifier: Set<UInt64>] = [:]
    private var bySubject: [String: Set<UInt64>] = [:]
    private var nextID: UInt64 = 0

    var count: Int { watchers.count }

    mutating func add(_ claims: TokenClaims, _ tell: @escaping Tell) -> UInt64 {
        nextID += 1
        watchers[nextID] = Watcher(claims: claims, tell: tell)
        bySession[claims.session, default: []].insert(nextID)
        byToken[claims.token, default: []].insert(nextID)
        bySubject[claims.subject, default: []].insert(nextID)
        return nextID
    }

    mutating func remove(_ id: UInt64) {
        guard let claims = watchers.removeValue(forKey: id)?.claims else { return }
        Self.remove(id, from: &bySession, at: claims.session)
        Self.remove(id, from: &byToken, at: claims.token)
        Self.remove(id, from: &bySubject, at: claims.subject)
    }

    /// Takes out those whom a revocation ends; whoever calls tells them.
    mutating func takeEnded(by revocation: Revocation) -> [Tell] {
        let candidates =
            switch revocation.target {
            case .token(let token): byToken[token] ?? []
            case .session(let session): bySession[session] ?? []
            case .subject(let subject, _, _): bySubject[subject] ?? []
            case .all: Set(watchers.keys)
            }
        return candidates.compactMap { id in
            guard let watcher = watchers[id], revocation.matches(watcher.claims) else { return nil }
            remove(id)
            return watcher.tell
        }
    }

    /// Takes out everybody.
    mutating func takeAll() -> [Tell] {
        let tells = watchers.values.map(\.tell)
        (watchers, bySession, byToken, bySubject) = ([:], [:], [:], [:])
        return tells
    }

    private static func remove<Key>(_ id: UInt64, from index: inout [Key: Set<UInt64>], at key: Key) {
        index[key]?.remove(id)
        if index[key]?.isEmpty == true { index[key] = nil }
    }
}
