internal import Logging
internal import Settlement
internal import Synchronization

extension OutboxDispatcher {
    /// Notes how receivers get on, for all of them at once; says whether there was anything to note.
    func note(isLast: Bool = false) async throws(AuthorityError) -> Bool {
        let now = authority.environment.now()
        let reports = state.withLock { $0.outbox?.reports(at: now, areLast: isLast) ?? [] }
        if reports.isEmpty { return false }
        do throws(AuthorityError) {
            try await store.note(reports)
        } catch {
            guard case .storeUndecided = error, try await isNoted(reports) else { throw error }
        }
        let givenUp = reports.filter { !$0.givenUp.isEmpty }
        state.withLock { state in
            state.outbox?.noted(reports, at: now)
            state.givenUp += UInt64(givenUp.reduce(0) { $0 + $1.givenUp.count })
        }
        for report in givenUp {
            authority.logger.warning(
                "gave up telling a receiver of endings",
                metadata: [
                    "receiver": "\(report.receiver)", "endings": "\(report.givenUp.count)",
                    "why": "\(report.givenUp.last?.why ?? "")",
                ])
        }
        return true
    }

    /// Whether a note of which the store does not know has been written after all: dead letters must not be there twice.
    private func isNoted(_ reports: [DeliveryReport]) async throws(AuthorityError) -> Bool {
        let stored = Dictionary(
            try await store.receivers().map { ($0.id, $0.progress) }, uniquingKeysWith: { $1 })
        return reports.allSatisfy { report in
            stored[report.receiver].map { $0 == report.progress } ?? true
        }
    }
}
