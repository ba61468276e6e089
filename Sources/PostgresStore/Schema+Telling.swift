extension Schema {
    /// Who is told of what ends, and whose endings are heard.
    ///
    /// What an earlier program writes meanwhile says nothing of that. What the columns mean is said with the store on SQLite, but for
    /// the next place in the status lists: a sequence gives it, so that openings do not wait for one another; `status_indices` is what a
    /// store on SQLite has given.
    static let telling = [
        """
        ALTER TABLE authority ADD COLUMN outbox_head bigint NOT NULL DEFAULT 0,
            ADD COLUMN status_indices bigint NOT NULL DEFAULT 0, ADD COLUMN stale_reason text, ADD COLUMN stale_at bigint
        """,
        "ALTER TABLE stale_subjects ADD COLUMN reason text, ADD COLUMN at bigint",
        "ALTER TABLE clients ADD COLUMN redirect_uris text NOT NULL DEFAULT ''",
        "ALTER TABLE sessions ADD COLUMN upstream_subject text, ADD COLUMN status_index bigint",
        """
        CREATE INDEX sessions_by_upstream_session ON sessions (upstream_issuer, upstream_session)
        WHERE upstream_session IS NOT NULL
        """,
        """
        CREATE INDEX sessions_by_upstream_subject ON sessions (upstream_issuer, upstream_subject)
        WHERE upstream_subject IS NOT NULL
        """,
        "CREATE INDEX sessions_by_status ON sessions (status_index) WHERE status_index IS NOT NULL",
        """
        ALTER TABLE remembered_logins ADD COLUMN upstream_issuer text, ADD COLUMN upstream_session text,
            ADD COLUMN upstream_subject text
        """,
        """
        CREATE INDEX remembered_by_upstream_session ON remembered_logins (upstream_issuer, upstream_session)
        WHERE upstream_session IS NOT NULL
        """,
        """
        CREATE INDEX remembered_by_upstream_subject ON remembered_logins (upstream_issuer, upstream_subject)
        WHERE upstream_subject IS NOT NULL
        """,
        "CREATE SEQUENCE next_status_index MINVALUE 0",
        """
        CREATE TABLE receivers (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            id bytea NOT NULL UNIQUE,
            client text NOT NULL,
            kind text NOT NULL,
            hears text NOT NULL,
            endpoint text,
            secret bytea,
            events text NOT NULL,
            note text,
            status text NOT NULL,
            status_reason text,
            created_at bigint NOT NULL,
            verification bytea,
            verification_state text,
            through bigint NOT NULL,
            delivered bigint NOT NULL DEFAULT 0,
            given_up bigint NOT NULL DEFAULT 0,
            failures bigint NOT NULL DEFAULT 0,
            retry_at bigint,
            last_delivered_at bigint,
            last_failure_at bigint,
            last_failure text
        ) WITH (fillfactor = 50)
        """,
        "CREATE INDEX receivers_by_client ON receivers (client)",
        "CREATE INDEX receivers_that_hear ON receivers (number) WHERE status <> 'disabled'",
        """
        CREATE TABLE ended_sessions (
            number bigint PRIMARY KEY,
            id bytea NOT NULL,
            subject text NOT NULL,
            client text NOT NULL,
            upstream_issuer text,
            upstream_session text,
            upstream_subject text,
            status_index bigint,
            reason text NOT NULL,
            at bigint NOT NULL
        )
        """,
        "CREATE INDEX ended_sessions_by_status ON ended_sessions (status_index) WHERE status_index IS NOT NULL",
        "CREATE INDEX ended_sessions_by_moment ON ended_sessions (at) WHERE status_index IS NOT NULL",
        "CREATE INDEX ended_sessions_without_status ON ended_sessions (number) WHERE status_index IS NULL",
        """
        CREATE TABLE dead_letters (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            receiver bigint NOT NULL REFERENCES receivers ON DELETE CASCADE,
            place bigint NOT NULL,
            id bytea NOT NULL,
            subject text NOT NULL,
            client text NOT NULL,
            upstream_issuer text,
            upstream_session text,
            upstream_subject text,
            status_index bigint,
            reason text NOT NULL,
            ended_at bigint NOT NULL,
            why text NOT NULL,
            at bigint NOT NULL
        )
        """,
        "CREATE INDEX dead_letters_by_receiver ON dead_letters (receiver, number)",
        """
        CREATE TABLE outbox_keeper (
            id bigint PRIMARY KEY CHECK (id = 1),
            node bytea NOT NULL,
            until bigint NOT NULL
        ) WITH (fillfactor = 10)
        """,
        """
        CREATE TABLE providers (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            issuer text NOT NULL UNIQUE,
            audience text NOT NULL,
            jwks_uri text,
            requires_type bigint NOT NULL,
            has_front_channel bigint NOT NULL,
            push_token_hash bytea,
            poll_endpoint text,
            poll_token bytea,
            created_at bigint NOT NULL
        )
        """,
        """
        CREATE TABLE heard (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            hash bytea NOT NULL UNIQUE,
            until bigint NOT NULL
        )
        """,
        "CREATE INDEX heard_by_end ON heard (until)",
    ]
}
