/// What an ending did, for whoever asked for it.
package struct LogoutReceipt: Hashable, Sendable {
    /// What was ended.
    package var ended: Ended
    /// Whether no verifier anywhere still accepts what was ended.
    package var settled: Bool
    /// From the commit to that moment, in milliseconds, 0 when nothing was committed; nil when it is not settled yet.
    package var settledAfterMilliseconds: Int64?
    /// The latest moment at which it will be, when it is not yet.
    package var settlesBy: Timestamp?
    /// The mirror and the receivers that it goes to.
    package var deliveries: Deliveries

    package init(_ ended: Ended, _ settling: Settling, _ deliveries: Deliveries = .none) {
        self.ended = ended
        self.deliveries = deliveries
        switch settling {
        case .settled(let milliseconds):
            (settled, settledAfterMilliseconds) = (true, ended.seq == nil ? 0 : milliseconds)
        case .pending(let moment): (settled, settlesBy) = (false, moment)
        }
    }

    /// Sessions that were live and are over.
    package var endedSessions: Int { ended.sessions }
    package var endedRemembered: Int { ended.rememberedLogins }
    /// The newest place in the log that belongs to it; nil when there was nothing to end.
    package var seq: UInt64? { ended.seq }

    /// The latest moment at which nobody accepts it any more, neither who follows nor who asks a mirror; nil when that is so already.
    package var overBy: Timestamp? { [settlesBy, deliveries.settlesBy].compactMap(\.self).max() }
}
