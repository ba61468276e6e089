/// Carries requests over the network; follows no redirect, keeps no cookie.
package protocol Transport: Sendable {
    func send(_ request: WebRequest) async throws(WireFailure) -> WebAnswer

    /// Gives what an answer without an end says, piece by piece, until the other side closes it or the task is cancelled.
    func listen(_ request: WebRequest, hear: @escaping @Sendable (StreamEvent) -> Void) async throws(WireFailure)

    /// The same for a WebSocket, to which each of the texts is sent as a message when it comes.
    func converse(
        _ request: WebRequest, say texts: AsyncStream<String>, hear: @escaping @Sendable (StreamEvent) -> Void
    ) async throws(WireFailure)
}
