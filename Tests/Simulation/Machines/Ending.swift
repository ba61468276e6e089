internal import Settlement

/// A logout that is on the disk, and waits until it is settled.
struct Ending {
    var seq: UInt64
    /// It was committed by then, on the clock of whoever waits.
    var since: Moment
    /// The first look at the other nodes that tells about it.
    var look: PeersState.Look
    /// When the waiting began: for the checker alone.
    var begunAt: Instant
}
