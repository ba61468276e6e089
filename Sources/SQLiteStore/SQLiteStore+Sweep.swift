package import Exeunt
internal import GRDB

extension SQLiteStore {
    package func sweep(
        at now: Timestamp, revokedUntil: Timestamp, auditBefore: Timestamp
    ) async throws(AuthorityError) -> Int {
        var removed = 0
        while true {
            let budget = Limits.sweepBatch - removed
            let round = try await commits.write { transaction in
                var sweep = Sweep(
                    transaction, budget: budget, now: now, revokedUntil: revokedUntil, auditBefore: auditBefore)
                return try sweep.run()
            }
            removed += round.removed
            // A round may have met only sessions to postpone, and there is more behind them.
            if !round.hasMore || removed == Limits.sweepBatch { return removed }
        }
    }
}
