internal import Settlement

extension IDTokenHint {
    /// Whether it is about that session: one that its issuer has vouched for, by its `sid` if both know one, and by its `sub`.
    ///
    /// A provider that keeps its sessions with us and has our own issuer names them as we do.
    package func isAbout(_ found: Session, issuer ours: String) -> Bool {
        if issuer == ours, subject == found.subject.name {
            return session == nil || session == found.id.description
        }
        guard let upstream = found.upstream, upstream.issuer == issuer else { return false }
        if let session, let there = upstream.session, session != there { return false }
        if let there = upstream.subject { return there == subject }
        return session != nil && session == upstream.session
    }
}
