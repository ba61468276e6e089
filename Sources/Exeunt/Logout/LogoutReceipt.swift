/// What an ending did, for whoever asked for it.
package struct LogoutReceipt: Hashable, Sendable {
    /// Sessions that were live and are over.
    package var endedSessions: Int
    package var endedRemembered: Int
    /// The newest place in the log that belongs to it; nil when there was nothing to end.
    package var seq: UInt64?
    /// Whether no verifier anywhere still accepts what was ended.
    ///
    /// Nobody answers from memory yet, each check asks the store, so an ending is settled once it is committed.
    package var settled: Bool
    /// From the commit to that moment, in milliseconds.
    package var settledAfterMilliseconds: Int64
    /// The latest moment at which it will be, when it is not yet.
    package var settlesBy: Timestamp?

    package init(_ ended: Ended) {
        endedSessions = ended.sessions
        endedRemembered = ended.rememberedLogins
        seq = ended.seq
        settled = true
        settledAfterMilliseconds = 0
        settlesBy = nil
    }
}
