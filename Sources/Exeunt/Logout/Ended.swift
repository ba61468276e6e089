/// What an ending did, as it was committed.
package struct Ended: Hashable, Sendable {
    /// Sessions that were live and are over; 0 when there was nothing left to end, which is not an error.
    package var sessions: Int
    package var rememberedLogins: Int
    /// The ending's place in the log, or nil when nothing was written.
    package var seq: UInt64?
    /// Whether there are sessions among them that get their places in the outbox later, because they are many.
    package var isToldLater = false

    package init(sessions: Int = 0, rememberedLogins: Int = 0, seq: UInt64? = nil) {
        self.sessions = sessions
        self.rememberedLogins = rememberedLogins
        self.seq = seq
    }

    package static let nothing = Ended()

    /// Both together, at the later place in the log.
    package static func += (total: inout Ended, more: Ended) {
        total.sessions += more.sessions
        total.rememberedLogins += more.rememberedLogins
        total.isToldLater = total.isToldLater || more.isToldLater
        total.seq = [total.seq, more.seq].compactMap(\.self).max()
    }
}
