internal import Settlement

/// Something that a process asks of the store, under way.
final class StoreCall {
    enum Caller {
        case node(Int, run: Int)
        case command(Int)
    }

    enum What {
        /// All of them in one transaction.
        case commit([Request])
        case renew(Renewal)
        case note(settledThrough: UInt64, of: Identifier)
        case look(PeersState.Look)
        case remove(AuthorityNode)
        /// What the log has after a `seq`, for a poll.
        case read(Poll, after: UInt64)
        /// What the log has after a `seq`, for a node that has been told that it goes through `head`.
        case readTail(after: UInt64, head: UInt64)
    }

    let caller: Caller
    let what: What
    /// When it was done.
    var executedAt: Instant?
    /// The head as it was read before the rest.
    var head: UInt64?
    /// It has been answered, or given up.
    var isOver = false

    init(_ caller: Caller, _ what: What) {
        self.caller = caller
        self.what = what
    }
}

/// A node's lease being renewed.
struct Renewal {
    var row: NodeTable.Row
    /// What the node's clocks said before it asked.
    var asked: ClockReading
    /// A renewal shows the other nodes too.
    var look: PeersState.Look
}

/// What the store says.
enum StoreAnswer {
    /// It is done.
    case done
    case renewed(head: UInt64, [NodeTable.Row])
    case nodes([NodeTable.Row])
    case records([Revocation], through: UInt64)
}
