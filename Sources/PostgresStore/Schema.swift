internal import Exeunt

/// The tables, as numbered steps that only go forward.
package struct Schema: Sendable {
    /// One step, and the version that a program must know at the least to work with a database that has had it.
    ///
    /// A step that only adds leaves earlier programs at work, so that nodes can be exchanged one after the other.
    package struct Step: Sendable {
        let statements: [String]
        let leastVersion: Int

        /// A step; `leastVersion` is 1 until some step breaks with the programs before it.
        package init(_ statements: [String], leastVersion: Int) {
            self.statements = statements
            self.leastVersion = leastVersion
        }
    }

    /// What this program works with.
    package static let current = Schema(steps: [Step(first, leastVersion: 1), Step(telling, leastVersion: 1)])

    private static let mostTries = 5

    private let steps: [Step]

    package var version: Int { steps.count }
    private var leastVersion: Int { steps.map(\.leastVersion).max() ?? 0 }

    /// The tables of a later program.
    package func adding(_ step: Step) -> Schema { Schema(steps: steps + [step]) }

    /// Takes a database through the steps that it lacks; of nodes that try at once, one does and the others find it done.
    ///
    /// Throws `storeUnavailable` for a database that a program has written which is too new for this one.
    func migrate(_ connection: PostgresConnection) throws {
        if let reached = try? Self.reached(connection), try isEnough(reached) { return }
        for tried in 1... {
            do {
                return try step(connection)
            } catch {
                if !connection.isBroken { _ = try? connection.exchange([Statement("ROLLBACK")]) }
                // Nodes are at work meanwhile, and may hold what a step wants.
                guard tried < Self.mostTries, (error as? PostgresFailure)?.isWorthAnotherTry == true else {
                    throw error
                }
            }
        }
    }

    /// Why this program must not work with a database, if it must not.
    func refusal(_ connection: PostgresConnection) throws(PostgresFailure) -> String? {
        try Self.reached(connection).flatMap(refusal)
    }

    private func step(_ connection: PostgresConnection) throws {
        _ = try connection.exchange([
            Statement("BEGIN"),
            // Whoever comes second finds the work done. The number is "Exnt" in ASCII.
            Statement("SELECT pg_advisory_xact_lock(1165520500)"),
            Statement(
                "CREATE TABLE IF NOT EXISTS exeunt_schema (version bigint NOT NULL, least_version bigint NOT NULL)"),
        ])
        let reached = try Self.reached(connection)
        guard try reached.map(isEnough) != true else {
            _ = try connection.exchange([Statement("COMMIT")])
            return
        }
        if let reached, reached.least < leastVersion { try sendOthersAway(connection) }
        var statements = steps[(reached?.version ?? 0)...].flatMap(\.statements).map { Statement($0) }
        statements.append(Statement("DELETE FROM exeunt_schema"))
        statements.append(
            Statement(
                "INSERT INTO exeunt_schema VALUES ($1, $2)",
                [.number(Int64(version)), .number(Int64(leastVersion))]))
        _ = try connection.exchange(statements + [Statement("COMMIT")])
    }

    /// Ends the connections of programs that are at work; none is made until the step is through, because whoever connects
    /// reads the version first.
    private func sendOthersAway(_ connection: PostgresConnection) throws {
        _ = try connection.exchange([
            Statement("LOCK TABLE exeunt_schema IN ACCESS EXCLUSIVE MODE"),
            Statement(
                """
                SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
                """),
        ])
    }

    /// Whether nothing is missing.
    private func isEnough(_ reached: Reached) throws(AuthorityError) -> Bool {
        if let refusal = refusal(reached) { throw .storeUnavailable(reason: refusal) }
        return reached.version >= version
    }

    private func refusal(_ reached: Reached) -> String? {
        guard reached.least > version else { return nil }
        return "the database is of version \(reached.version), for programs that know version "
            + "\(reached.least) at the least; this one knows versions up to \(version)"
    }

    private typealias Reached = (version: Int, least: Int)

    private static func reached(_ connection: PostgresConnection) throws(PostgresFailure) -> Reached? {
        try connection.exchange([Statement("SELECT version, least_version FROM exeunt_schema")])[0]
            .first { (Int($0.number(0)), Int($0.number(1))) }
    }

    /// Moments are milliseconds since 1970, identifiers 16 bytes, hashes 32.
    ///
    /// The tables are those of the store on SQLite, where it
    /// is said what makes a session live.
    ///
    /// Pages of the tables whose rows change keep room, so that a change stays on its page and touches no index.
    private static let first = [
        """
        CREATE TABLE authority (
            id bigint PRIMARY KEY CHECK (id = 1),
            head bigint NOT NULL,
            epoch bigint NOT NULL,
            stale_sessions_through bigint NOT NULL DEFAULT 0,
            stale_remembered_through bigint NOT NULL DEFAULT 0,
            token_reach bigint NOT NULL DEFAULT 0,
            token_horizon bigint NOT NULL DEFAULT 0
        ) WITH (fillfactor = 10)
        """,
        "INSERT INTO authority (id, head, epoch) VALUES (1, 0, 1)",
        """
        CREATE TABLE subjects (
            number bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
            name text NOT NULL UNIQUE,
            version bigint NOT NULL,
            epoch bigint NOT NULL,
            live_sessions bigint NOT NULL DEFAULT 0,
            live_remembered bigint NOT NULL DEFAULT 0
        ) WITH (fillfactor = 80)
        """,
        "CREATE TABLE stale_subjects (subject bigint PRIMARY KEY REFERENCES subjects)",
        """
        CREATE TABLE sessions (
            number bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
            id bytea NOT NULL UNIQUE,
            handle bytea NOT NULL UNIQUE,
            subject bigint NOT NULL REFERENCES subjects,
            version bigint NOT NULL,
            last_active_at bigint NOT NULL,
            idle_end bigint NOT NULL,
            absolute_end bigint NOT NULL,
            sweep_at bigint NOT NULL,
            generation bigint NOT NULL,
            rotated_at bigint NOT NULL,
            created_at bigint NOT NULL,
            authenticated_at bigint NOT NULL,
            refresh_family bytea,
            remembered bytea,
            client text NOT NULL,
            address text,
            user_agent text,
            label text,
            upstream_issuer text,
            upstream_session text
        ) WITH (fillfactor = 80)
        """,
        "CREATE UNIQUE INDEX sessions_by_family ON sessions (refresh_family) WHERE refresh_family IS NOT NULL",
        "CREATE INDEX sessions_by_subject ON sessions (subject, version)",
        "CREATE INDEX sessions_by_remembered ON sessions (remembered) WHERE remembered IS NOT NULL",
        "CREATE INDEX sessions_by_sweep ON sessions (sweep_at)",
        """
        CREATE TABLE remembered_logins (
            number bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
            id bytea NOT NULL UNIQUE,
            family bytea NOT NULL UNIQUE,
            subject bigint NOT NULL REFERENCES subjects,
            version bigint NOT NULL,
            generation bigint NOT NULL,
            rotated_at bigint NOT NULL,
            created_at bigint NOT NULL,
            expires_at bigint NOT NULL,
            authenticated_at bigint NOT NULL,
            client text NOT NULL
        ) WITH (fillfactor = 80)
        """,
        "CREATE INDEX remembered_by_subject ON remembered_logins (subject, version)",
        "CREATE INDEX remembered_by_expiry ON remembered_logins (expires_at)",
        """
        CREATE TABLE revocations (
            seq bigint PRIMARY KEY,
            kind bigint NOT NULL,
            key bytea,
            subject text,
            version bigint,
            spared bytea,
            reason text NOT NULL,
            at bigint NOT NULL,
            until bigint NOT NULL
        )
        """,
        "CREATE UNIQUE INDEX revoked_tokens ON revocations (key) WHERE kind = 1",
        """
        CREATE TABLE audit_events (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            at bigint NOT NULL,
            kind text NOT NULL,
            subject text,
            session bytea,
            client text,
            actor bigint NOT NULL,
            actor_name text,
            address text,
            user_agent text,
            reason text,
            count bigint
        )
        """,
        """
        CREATE TABLE clients (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            id text NOT NULL UNIQUE,
            name text NOT NULL,
            secret_hash bytea,
            scopes text NOT NULL,
            created_at bigint NOT NULL
        )
        """,
        """
        CREATE TABLE signing_keys (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            id text NOT NULL UNIQUE,
            algorithm text NOT NULL,
            sealed bytea NOT NULL,
            created_at bigint NOT NULL,
            retires_at bigint
        )
        """,
        """
        CREATE TABLE accounts (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            subject text NOT NULL UNIQUE,
            email text NOT NULL UNIQUE,
            password_hash text NOT NULL,
            disabled bigint NOT NULL,
            created_at bigint NOT NULL
        )
        """,
        """
        CREATE TABLE nodes (
            id bytea PRIMARY KEY,
            renewal bigint NOT NULL,
            lease bigint NOT NULL,
            settled_through bigint NOT NULL
        ) WITH (fillfactor = 10)
        """,
    ]
}
