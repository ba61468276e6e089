package import Settlement

/// What a receiver is still to be told.
package struct Backlog: Hashable, Sendable {
    package var endings = 0
    /// When the oldest of them was.
    package var oldest: Timestamp?

    package init() {}
}

extension OutboxStore {
    /// What each receiver is still to be told, by its id, as far as it is among the next `limit` places of the outbox.
    package func backlogs(
        of receivers: [Receiver], limit: Int
    ) async throws(AuthorityError) -> [Identifier: Backlog] {
        let waiting = receivers.filter { $0.status != .disabled }
        var backlogs = Dictionary(waiting.map { ($0.id, Backlog()) }, uniquingKeysWith: { $1 })
        guard var place = waiting.map(\.progress.through).min() else { return backlogs }
        for _ in 0..<max(1, limit / Limits.endedSessionsPerRead) {
            let page = try await endedSessions(after: place, limit: Limits.endedSessionsPerRead)
            for ended in page {
                for receiver in waiting where receiver.progress.through < ended.number && receiver.isToHear(of: ended) {
                    let oldest = backlogs[receiver.id]?.oldest ?? ended.at
                    backlogs[receiver.id]?.endings += 1
                    backlogs[receiver.id]?.oldest = min(oldest, ended.at)
                }
            }
            place = page.last?.number ?? place
            if page.count < Limits.endedSessionsPerRead { break }
        }
        return backlogs
    }
}
