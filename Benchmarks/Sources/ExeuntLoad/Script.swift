import NIOCore

/// What the connections send, one request at a time each.
protocol Script {
    /// The names of the kinds of request.
    var steps: [String] { get }

    /// Writes a connection's next request and says of which kind it is; nil when it has no more.
    mutating func write(for connection: Int, to buffer: inout ByteBuffer) -> Int?

    /// Takes note of the answer.
    mutating func took(_ answer: Answer, of step: Int, for connection: Int)

    /// The tokens that are good when the run is over.
    var tokensLeft: [String] { get }
}
