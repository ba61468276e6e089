extension Authority {
    /// A page of a subject's live sessions, or of everyone's, the newest first.
    package func listSessions(
        of subject: Subject?, after: String? = nil, limit: Int = Limits.sessionsPerPage
    ) async throws(AuthorityError) -> SessionPage {
        try await store.sessions(
            of: subject, after: after, limit: min(max(1, limit), Limits.sessionsPerPage), at: environment.now())
    }
}
