/// How many sessions one subject may have at once, and what happens to one more.
package struct ConcurrencyLimit: Hashable, Sendable {
    package enum WhenFull: String, Hashable, Sendable, CaseIterable {
        /// The least recently active sessions end to make room.
        case endOldest = "end_oldest"
        /// The new session is refused.
        case refuse
    }

    package var sessions: Int
    package var whenFull: WhenFull

    package init(sessions: Int, whenFull: WhenFull) {
        self.sessions = sessions
        self.whenFull = whenFull
    }
}
