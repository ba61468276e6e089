internal import Exeunt
internal import Settlement

/// A stretch of the log that goes to Redis in one call.
struct MirrorBatch: Hashable, Sendable {
    /// Where Redis must be for it to be applied; from the beginning it always is.
    var after: MirrorCursor
    var through: MirrorCursor
    /// What lies between and can still match a token, in order.
    var records: [Revocation]
    /// Whether it brings Redis to the head of the log that has just been read, so that the mirror may be vouched for.
    var reachesHead: Bool
}
