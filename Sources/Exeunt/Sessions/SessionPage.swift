/// Some of a subject's sessions, the newest first.
package struct SessionPage: Hashable, Sendable {
    package var sessions: [Session]
    /// What to ask with for the page after this one, or nil at the end.
    package var next: String?

    package init(sessions: [Session], next: String?) {
        self.sessions = sessions
        self.next = next
    }
}
