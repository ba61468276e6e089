internal import Exeunt
internal import GRDB

/// The tables, as numbered steps that only go forward.
enum Schema {
    /// What `PRAGMA application_id` says of our files: "Exnt".
    static let applicationID: Int64 = 0x4578_6E74

    /// The steps in order; a file that has had n of them says so in `PRAGMA user_version`.
    static let steps = [first, promises, nodes, telling]

    static var version: Int { steps.count }

    /// Takes a database through the steps that it lacks; of processes that try at once, one does and the others find it
    /// done.
    ///
    /// Throws `storeUnavailable` for a file that a newer program has written, or that is not ours.
    static func migrate(_ db: Database) throws {
        var isCurrent = false
        try db.inTransaction(.deferred) {
            isCurrent = try version(of: db) == version
            return .commit
        }
        if isCurrent { return }
        try db.inTransaction(.immediate) {
            let reached = try version(of: db)
            for step in steps[reached...] { try db.execute(sql: step) }
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: "PRAGMA user_version = \(version)")
            return .commit
        }
    }

    private static func version(of db: Database) throws -> Int {
        let reached = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let owner = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0
        guard owner == applicationID || (owner == 0 && reached == 0 && isEmpty) else {
            throw AuthorityError.storeUnavailable(reason: "the file is not an Exeunt database")
        }
        guard reached <= version else {
            throw AuthorityError.storeUnavailable(
                reason: "the database is of version \(reached); this program knows versions up to \(version)")
        }
        return reached
    }

    /// Moments are milliseconds since 1970, identifiers 16 bytes, hashes 32.
    ///
    /// A session is over when its version is below its subject's, when its subject's epoch is below the authority's, or
    /// when an end of it has passed. So ending a hundred thousand sessions writes one row of their subject, and the
    /// sweeper picks up the rest.
    ///
    /// `sweep_at` is a moment that is never after the session's end: the sweeper looks then, and postpones the sessions
    /// that have been used meanwhile. So using a session writes its row alone, and no index.
    private static let first = """
        CREATE TABLE authority (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            head INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            stale_sessions_through INTEGER NOT NULL DEFAULT 0,
            stale_remembered_through INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        INSERT INTO authority (id, head, epoch) VALUES (1, 0, 1);

        CREATE TABLE subjects (
            number INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            version INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            live_sessions INTEGER NOT NULL DEFAULT 0,
            live_remembered INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        CREATE TABLE stale_subjects (subject INTEGER PRIMARY KEY REFERENCES subjects) STRICT;

        CREATE TABLE sessions (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            handle BLOB NOT NULL UNIQUE,
            subject INTEGER NOT NULL REFERENCES subjects,
            version INTEGER NOT NULL,
            last_active_at INTEGER NOT NULL,
            idle_end INTEGER NOT NULL,
            absolute_end INTEGER NOT NULL,
            sweep_at INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            rotated_at INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            authenticated_at INTEGER NOT NULL,
            refresh_family BLOB,
            remembered BLOB,
            client TEXT NOT NULL,
            address TEXT,
            user_agent TEXT,
            label TEXT,
            upstream_issuer TEXT,
            upstream_session TEXT
        ) STRICT;
        CREATE UNIQUE INDEX sessions_by_family ON sessions (refresh_family) WHERE refresh_family IS NOT NULL;
        CREATE INDEX sessions_by_subject ON sessions (subject, version);
        CREATE INDEX sessions_by_remembered ON sessions (remembered) WHERE remembered IS NOT NULL;
        CREATE INDEX sessions_by_sweep ON sessions (sweep_at);

        CREATE TABLE remembered_logins (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            family BLOB NOT NULL UNIQUE,
            subject INTEGER NOT NULL REFERENCES subjects,
            version INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            rotated_at INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            authenticated_at INTEGER NOT NULL,
            client TEXT NOT NULL
        ) STRICT;
        CREATE INDEX remembered_by_subject ON remembered_logins (subject, version);
        CREATE INDEX remembered_by_expiry ON remembered_logins (expires_at);

        CREATE TABLE revocations (
            seq INTEGER PRIMARY KEY,
            kind INTEGER NOT NULL,
            key BLOB,
            subject TEXT,
            version INTEGER,
            spared BLOB,
            reason TEXT NOT NULL,
            at INTEGER NOT NULL,
            until INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX revoked_tokens ON revocations (key) WHERE kind = 1;

        CREATE TABLE audit_events (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT,
            session BLOB,
            client TEXT,
            actor INTEGER NOT NULL,
            actor_name TEXT,
            address TEXT,
            user_agent TEXT,
            reason TEXT,
            count INTEGER
        ) STRICT;

        CREATE TABLE clients (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            secret_hash BLOB,
            scopes TEXT NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE signing_keys (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            algorithm TEXT NOT NULL,
            sealed BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            retires_at INTEGER
        ) STRICT;

        CREATE TABLE accounts (
            number INTEGER PRIMARY KEY,
            subject TEXT NOT NULL UNIQUE,
            email TEXT NOT NULL UNIQUE,
            password_hash TEXT NOT NULL,
            disabled INTEGER NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT;
        """

    /// What verifiers have been promised, which a later start has to keep: how long their leases last at the most, and how
    /// far into the future tokens can be accepted: those from now on for `token_reach`, earlier ones until `token_horizon`.
    private static let promises = """
        ALTER TABLE authority ADD COLUMN longest_lease INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE authority ADD COLUMN token_reach INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE authority ADD COLUMN token_horizon INTEGER NOT NULL DEFAULT 0;
        """

    /// The processes that have leases to grant.
    ///
    /// One of an earlier version, which wrote down its longest lease alone, counts as
    /// one that has just fallen silent.
    private static let nodes = """
        CREATE TABLE nodes (
            id BLOB PRIMARY KEY,
            renewal INTEGER NOT NULL,
            lease INTEGER NOT NULL,
            settled_through INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO nodes (id, renewal, lease, settled_through)
            SELECT randomblob(16), 0, longest_lease, 0 FROM authority WHERE longest_lease > 0;
        ALTER TABLE authority DROP COLUMN longest_lease;
        """

    /// Who is told of what ends, and whose endings are heard.
    ///
    /// `outbox_head` is the newest place that an ended session ever got, `status_indices` how many places in the status lists were
    /// ever given. `reason` and `at` of a subject whose rows are left to the sweeper, and `stale_reason` and `stale_at` of everyone's,
    /// say why and when those sessions ended.
    private static let telling = """
        ALTER TABLE authority ADD COLUMN outbox_head INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE authority ADD COLUMN status_indices INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE authority ADD COLUMN stale_reason TEXT;
        ALTER TABLE authority ADD COLUMN stale_at INTEGER;
        ALTER TABLE stale_subjects ADD COLUMN reason TEXT;
        ALTER TABLE stale_subjects ADD COLUMN at INTEGER;
        ALTER TABLE clients ADD COLUMN redirect_uris TEXT NOT NULL DEFAULT '';
        ALTER TABLE sessions ADD COLUMN upstream_subject TEXT;
        ALTER TABLE sessions ADD COLUMN status_index INTEGER;
        CREATE INDEX sessions_by_upstream_session ON sessions (upstream_issuer, upstream_session)
            WHERE upstream_session IS NOT NULL;
        CREATE INDEX sessions_by_upstream_subject ON sessions (upstream_issuer, upstream_subject)
            WHERE upstream_subject IS NOT NULL;
        CREATE INDEX sessions_by_status ON sessions (status_index) WHERE status_index IS NOT NULL;

        CREATE TABLE receivers (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            client TEXT NOT NULL,
            kind TEXT NOT NULL,
            hears TEXT NOT NULL,
            endpoint TEXT,
            secret BLOB,
            events TEXT NOT NULL,
            note TEXT,
            status TEXT NOT NULL,
            status_reason TEXT,
            created_at INTEGER NOT NULL,
            verification BLOB,
            verification_state TEXT,
            through INTEGER NOT NULL,
            delivered INTEGER NOT NULL DEFAULT 0,
            given_up INTEGER NOT NULL DEFAULT 0,
            failures INTEGER NOT NULL DEFAULT 0,
            retry_at INTEGER,
            last_delivered_at INTEGER,
            last_failure_at INTEGER,
            last_failure TEXT
        ) STRICT;
        CREATE INDEX receivers_by_client ON receivers (client);
        CREATE INDEX receivers_that_hear ON receivers (number) WHERE status <> 'disabled';

        CREATE TABLE ended_sessions (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL,
            subject TEXT NOT NULL,
            client TEXT NOT NULL,
            upstream_issuer TEXT,
            upstream_session TEXT,
            upstream_subject TEXT,
            status_index INTEGER,
            reason TEXT NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX ended_sessions_by_status ON ended_sessions (status_index) WHERE status_index IS NOT NULL;
        CREATE INDEX ended_sessions_by_moment ON ended_sessions (at) WHERE status_index IS NOT NULL;
        CREATE INDEX ended_sessions_without_status ON ended_sessions (number) WHERE status_index IS NULL;

        CREATE TABLE dead_letters (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            receiver INTEGER NOT NULL REFERENCES receivers ON DELETE CASCADE,
            place INTEGER NOT NULL,
            id BLOB NOT NULL,
            subject TEXT NOT NULL,
            client TEXT NOT NULL,
            upstream_issuer TEXT,
            upstream_session TEXT,
            upstream_subject TEXT,
            status_index INTEGER,
            reason TEXT NOT NULL,
            ended_at INTEGER NOT NULL,
            why TEXT NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX dead_letters_by_receiver ON dead_letters (receiver, number);

        CREATE TABLE outbox_keeper (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            node BLOB NOT NULL,
            until INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE providers (
            number INTEGER PRIMARY KEY,
            issuer TEXT NOT NULL UNIQUE,
            audience TEXT NOT NULL,
            jwks_uri TEXT,
            requires_type INTEGER NOT NULL,
            has_front_channel INTEGER NOT NULL,
            push_token_hash BLOB,
            poll_endpoint TEXT,
            poll_token BLOB,
            created_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE heard (
            number INTEGER PRIMARY KEY,
            hash BLOB NOT NULL UNIQUE,
            until INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX heard_by_end ON heard (until);
        """
}
