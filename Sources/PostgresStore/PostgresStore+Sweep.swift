package import Exeunt
internal import Settlement

extension PostgresStore {
    package func sweep(
        at now: Timestamp, revokedUntil: Timestamp, auditBefore: Timestamp
    ) async throws(AuthorityError) -> Int {
        var removed = 0
        while true {
            let budget = Limits.sweepBatch - removed
            let due = try await dueSessions(at: now, limit: budget)
            let round = try await writes.write(Wants(sessions: Set(due)), company: .own) { transaction in
                var sweep = Sweep(
                    transaction, budget: budget, now: now, revokedUntil: revokedUntil, auditBefore: auditBefore)
                let round = try sweep.run(due)
                return { _ in round }
            }
            removed += round.removed
            // A round may have met only sessions to postpone, and there is more behind them.
            if !round.hasMore || removed == Limits.sweepBatch { return removed }
        }
    }

    /// The sessions that the sweeper should look at, so that their subjects can be locked.
    private func dueSessions(at now: Timestamp, limit: Int) async throws(AuthorityError) -> [Identifier] {
        try await lookUps.read(
            Statement(
                "SELECT id FROM sessions WHERE sweep_at <= $1 ORDER BY sweep_at LIMIT $2",
                [.number(now.milliseconds), .number(Int64(limit))])
        ) { try $0.map { try $0.identifier(0) } }
    }
}
