package import Settlement

/// Who is waiting to hear of the end of which session: a value that is told what happens and says whom to tell.
package struct SessionWatchers: Sendable {
    private struct Watcher: Sendable {
        var session: Identifier
        var subject: Subject
        var version: UInt64
        var epoch: UInt64
    }

    private var watchers: [UInt64: Watcher] = [:]
    private var bySession: [Identifier: Set<UInt64>] = [:]
    private var bySubject: [Subject: Set<UInt64>] = [:]
    private var nextID: UInt64 = 0

    package init() {}

    package var count: Int { watchers.count }

    /// Adds a watcher of a session and gives its number.
    package mutating func add(_ session: Session) -> UInt64 {
        nextID += 1
        watchers[nextID] = Watcher(
            session: session.id, subject: session.subject, version: session.version, epoch: session.epoch)
        bySession[session.id, default: []].insert(nextID)
        bySubject[session.subject, default: []].insert(nextID)
        return nextID
    }

    /// Forgets a watcher; one that is not there is no error.
    package mutating func remove(_ id: UInt64) {
        guard let watcher = watchers.removeValue(forKey: id) else { return }
        bySession[watcher.session]?.remove(id)
        if bySession[watcher.session]?.isEmpty == true { bySession[watcher.session] = nil }
        bySubject[watcher.subject]?.remove(id)
        if bySubject[watcher.subject]?.isEmpty == true { bySubject[watcher.subject] = nil }
    }

    /// The watchers whose session a record has ended.
    package func ended(by revocation: Revocation) -> Set<UInt64> {
        switch revocation.target {
        case .token: []
        case .session(let session): bySession[session] ?? []
        case .subject(let name, let version, let except):
            (Subject(name).flatMap { bySubject[$0] } ?? []).filter { id in
                guard let watcher = watchers[id] else { return false }
                return watcher.version < version && watcher.session != except
            }
        case .all(let epoch): Set(watchers.filter { $0.value.epoch < epoch }.keys)
        }
    }
}
