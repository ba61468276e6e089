/// What is heard on a stream or a WebSocket.
package enum StreamEvent: Hashable, Sendable {
    /// It is open; the status of the answer.
    case opened(Int)
    case text(String)
    /// The other side ended it.
    case closed
}
