package import Exeunt
internal import GRDB
internal import Settlement

extension SQLiteStore {
    package func sweep(
        at now: Timestamp, revokedUntil: Timestamp, auditBefore: Timestamp
    ) async throws(AuthorityError) -> Int {
        while true {
            let swept = try await commits.write { transaction in
                var sweep = Sweep(transaction, now: now, revokedUntil: revokedUntil, auditBefore: auditBefore)
                return try sweep.run()
            }
            // A round that found only sessions to postpone has removed nothing, but there may be more behind them.
            if swept.removed > 0 || !swept.hasPostponed { return swept.removed }
        }
    }
}
