/// A request on its way through a node, or a command.
struct Request {
    var number: Int
    var act: Act
    /// What the wall clock there said when it came.
    var wall: Int64 = 0
    /// What the flawed ways of some variants read before the transaction, and then believe in it.
    var early = EarlyReading()

    struct EarlyReading {
        var isLive = false
        var version: UInt64 = 0
        var seq: UInt64?
    }
}
