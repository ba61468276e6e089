/// Carries requests over the network; follows no redirect, keeps no cookie.
package protocol Transport: Sendable {
    func send(_ request: WebRequest) async throws(WireFailure) -> WebAnswer

    /// Gives what an answer without an end says, piece by piece, until the other side closes it or the task is cancelled.
    func listen(_ request: WebRequest, hear: @escaping @Sendable (StreamEvent) -> Void) async throws(WireFailure)

    /// The same for a WebSocket.
    func converse(_ request: WebRequest, hear: @escaping @Sendable (StreamEvent) -> Void) async throws(WireFailure)
}
