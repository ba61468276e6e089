internal import Exeunt
internal import Settlement

/// What the writes of a transaction need to know, so that it can be read in one go before any of them is done.
struct Wants {
    /// Subjects by the bytes of their names; those that are not there are made.
    var names: Set<[UInt8]> = []
    var sessions: Set<Identifier> = []
    var handles: Set<SecretHash> = []
    var families: Set<SecretHash> = []
    /// Remembered logins, with the sessions that they opened.
    var logins: Set<SecretHash> = []
    /// Whether the remembered logins of the sessions are needed.
    var needsLoginsOfSessions = false

    /// What other providers may have been heard of.
    var heard: Set<SecretHash> = []
    /// Sessions that other providers vouched for.
    var upstream: Set<UpstreamMatch> = []
    /// How many places in the status lists.
    var statusIndices = 0

    /// Whether any of it is found by something else than its subject's name.
    var hasKeys: Bool { !sessions.isEmpty || !handles.isEmpty || !families.isEmpty || !logins.isEmpty }

    /// In one order for all, so that two transactions that make the same subjects do not wait for each other in a circle.
    var namesInOrder: PostgresValue {
        .texts(names.sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) })
    }

    /// `$1` to `$4` of the statements below.
    var keys: [PostgresValue] {
        [
            .blobs(sessions.map(\.bytes)), .blobs(handles.map(\.bytes)), .blobs(families.map(\.bytes)),
            .blobs(logins.map(\.bytes)),
        ]
    }

    /// What is known of a subject, made if it is not there.
    static func subject(_ subject: Subject) -> Wants { Wants(names: [Array(subject.name.utf8)]) }

    static func += (all: inout Wants, more: Wants) {
        all.names.formUnion(more.names)
        all.sessions.formUnion(more.sessions)
        all.handles.formUnion(more.handles)
        all.families.formUnion(more.families)
        all.logins.formUnion(more.logins)
        all.heard.formUnion(more.heard)
        all.upstream.formUnion(more.upstream)
        all.statusIndices += more.statusIndices
        all.needsLoginsOfSessions = all.needsLoginsOfSessions || more.needsLoginsOfSessions
    }
}
