/// What is heard on a stream or a WebSocket.
package enum StreamEvent: Hashable, Sendable {
    case opened
    /// The other side did not open it.
    case refused
    case text(String)
    /// The other side ended it.
    case closed
}
