package import Exeunt

/// As much of a store as a mirror needs: its log, with the promises that ``AuthorityStore`` makes of it.
package protocol MirroredLog: Sendable {
    /// The records with a `seq` above `after`, in order, at most `limit` of them.
    func records(after: UInt64, limit: Int) async throws(AuthorityError) -> [LoggedRevocation]

    /// The newest `seq` committed; 0 for an empty log.
    func head() async throws(AuthorityError) -> UInt64

    /// The head, each time that it has moved.
    func heads() -> AsyncStream<UInt64>
}
