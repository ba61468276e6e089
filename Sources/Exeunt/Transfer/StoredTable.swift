/// A table that every store has alike, for moving all there is from one store to another.
package struct StoredTable: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case number, text, bytes
    }

    package struct Column: Hashable, Sendable {
        package let name: String
        package let kind: Kind
    }

    package let name: String
    /// The number by which its rows are in order.
    package let key: String
    package let columns: [Column]

    /// Every table but that of the nodes, each after those that its rows refer to.
    package static let all = [
        StoredTable(
            "authority", by: "id",
            numbers: [
                "id", "head", "epoch", "stale_sessions_through", "stale_remembered_through", "token_reach",
                "token_horizon", "outbox_head", "status_indices", "stale_at",
            ],
            texts: ["stale_reason"]),
        StoredTable(
            "subjects", by: "number", numbers: ["number", "version", "epoch", "live_sessions", "live_remembered"],
            texts: ["name"]),
        StoredTable("stale_subjects", by: "subject", numbers: ["subject", "at"], texts: ["reason"]),
        StoredTable(
            "sessions", by: "number",
            numbers: [
                "number", "subject", "version", "last_active_at", "idle_end", "absolute_end", "sweep_at", "generation",
                "rotated_at", "created_at", "authenticated_at", "status_index",
            ],
            texts: [
                "client", "address", "user_agent", "label", "upstream_issuer", "upstream_session", "upstream_subject",
            ],
            bytes: ["id", "handle", "refresh_family", "remembered"]),
        StoredTable(
            "remembered_logins", by: "number",
            numbers: [
                "number", "subject", "version", "generation", "rotated_at", "created_at", "expires_at",
                "authenticated_at",
            ],
            texts: ["client", "upstream_issuer", "upstream_session", "upstream_subject"], bytes: ["id", "family"]),
        StoredTable(
            "revocations", by: "seq", numbers: ["seq", "kind", "version", "at", "until"], texts: ["subject", "reason"],
            bytes: ["key", "spared"]),
        StoredTable(
            "audit_events", by: "number", numbers: ["number", "at", "actor", "count"],
            texts: ["kind", "subject", "client", "actor_name", "address", "user_agent", "reason"], bytes: ["session"]),
        StoredTable(
            "clients", by: "number", numbers: ["number", "created_at"],
            texts: ["id", "name", "scopes", "redirect_uris"], bytes: ["secret_hash"]),
        StoredTable(
            "signing_keys", by: "number", numbers: ["number", "created_at", "retires_at"], texts: ["id", "algorithm"],
            bytes: ["sealed"]),
        StoredTable(
            "accounts", by: "number", numbers: ["number", "disabled", "created_at"],
            texts: ["subject", "email", "password_hash"]),
        StoredTable(
            "receivers", by: "number",
            numbers: [
                "number", "created_at", "through", "delivered", "given_up", "failures", "retry_at", "last_delivered_at",
                "last_failure_at",
            ],
            texts: [
                "client", "kind", "hears", "endpoint", "events", "note", "status", "status_reason",
                "verification_state",
                "last_failure",
            ],
            bytes: ["id", "secret", "verification"]),
        StoredTable(
            "ended_sessions", by: "number", numbers: ["number", "status_index", "at"],
            texts: ["subject", "client", "upstream_issuer", "upstream_session", "upstream_subject", "reason"],
            bytes: ["id"]),
        StoredTable(
            "dead_letters", by: "number",
            numbers: ["number", "receiver", "place", "status_index", "ended_at", "at"],
            texts: [
                "subject", "client", "upstream_issuer", "upstream_session", "upstream_subject", "reason", "why",
            ],
            bytes: ["id"]),
        StoredTable(
            "providers", by: "number", numbers: ["number", "requires_type", "has_front_channel", "created_at"],
            texts: ["issuer", "audience", "jwks_uri", "poll_endpoint"], bytes: ["push_token_hash", "poll_token"]),
        StoredTable("heard", by: "number", numbers: ["number", "until"], bytes: ["hash"]),
    ]

    private init(
        _ name: String, by key: String, numbers: [String] = [], texts: [String] = [], bytes: [String] = []
    ) {
        self.name = name
        self.key = key
        columns =
            numbers.map { Column(name: $0, kind: .number) } + texts.map { Column(name: $0, kind: .text) }
            + bytes.map { Column(name: $0, kind: .bytes) }
    }

    /// Where the key is among the columns.
    var keyIndex: Int { columns.firstIndex { $0.name == key } ?? 0 }
}
