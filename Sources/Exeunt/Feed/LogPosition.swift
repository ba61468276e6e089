/// How far a store has come: an ending of everyone's sessions takes it on to a new epoch, every other one to a new `seq`.
///
/// A store never goes back. One that has is a backup that was restored, or a standby that had not heard of everything when it took
/// over: what ended since is live in it again.
package struct LogPosition: Hashable, Comparable, Sendable {
    package var epoch: UInt64
    /// The newest `seq` committed; 0 for an empty log.
    package var seq: UInt64

    package init(epoch: UInt64, seq: UInt64) {
        self.epoch = epoch
        self.seq = seq
    }

    /// A restored store whose sessions have all been ended is ahead, however short its log is.
    package static func < (left: Self, right: Self) -> Bool { (left.epoch, left.seq) < (right.epoch, right.seq) }
}
