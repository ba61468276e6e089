/// How epochs and versions are counted: so that a store which was restored from a backup gives out no number that it has given out
/// before, in the time that it does not remember.
///
/// Whoever remembers that time, such as a verifier, then neither accepts what it ended nor refuses what comes after it.
package enum Epoch {
    /// The epoch that follows when everyone's sessions are ended at a moment: its milliseconds since 1970, unless they are no more.
    package static func next(after epoch: Int64, at moment: Timestamp) -> Int64 { max(epoch + 1, moment.milliseconds) }

    /// The version of a subject that comes to an epoch, with the version that it had before; 0 for one that had none.
    package static func version(after version: Int64, in epoch: Int64) -> Int64 { max(version + 1, epoch) }
}
