extension Schema {
    /// Who is told of what ends, and whose endings are heard.
    ///
    /// `outbox_head` is the newest place that an ended session ever got, `status_indices` how many places in the status lists were
    /// ever given. `reason` and `at` of a subject whose rows are left to the sweeper, and `stale_reason` and `stale_at` of everyone's,
    /// say why and when those sessions ended.
    static let telling = """
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
        ALTER TABLE remembered_logins ADD COLUMN upstream_issuer TEXT;
        ALTER TABLE remembered_logins ADD COLUMN upstream_session TEXT;
        ALTER TABLE remembered_logins ADD COLUMN upstream_subject TEXT;
        CREATE INDEX remembered_by_upstream_session ON remembered_logins (upstream_issuer, upstream_session)
            WHERE upstream_session IS NOT NULL;
        CREATE INDEX remembered_by_upstream_subject ON remembered_logins (upstream_issuer, upstream_subject)
            WHERE upstream_subject IS NOT NULL;

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
