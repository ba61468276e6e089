package import Exeunt
internal import GRDB
internal import Settlement

extension SQLiteStore {
    package func note(tokenReach: Duration, at now: Timestamp) async throws(AuthorityError) {
        let reach = tokenReach.milliseconds
        try await commits.write { transaction in
            // Tokens that were issued until now may reach further than those from now on.
            try transaction.db.run(
                """
                UPDATE authority SET token_horizon = max(token_horizon, ?1 + token_reach), token_reach = ?2
                WHERE id = 1 AND token_reach <> ?2
                """,
                [now.milliseconds, reach])
        }
    }
}
