internal import Exeunt
internal import Settlement

/// How far the mirror is, and what goes to it next: a value that does no I/O.
///
/// Redis itself says where it is. What it says counts only if the log has that very record, or if this process has put it there;
/// else everything that is live is delivered again, and what is there stays.
struct MirrorProgress: Sendable {
    /// What to do with a page of the log.
    enum Step: Hashable, Sendable {
        case deliver(MirrorBatch)
        /// Read once more: from the beginning now.
        case readAgain
    }

    /// Where Redis is, by its own last word.
    private(set) var cursor = MirrorCursor.beginning
    /// Where this process has brought it last.
    private var own: MirrorCursor?

    /// After which record a page begins: it has that of the cursor too, if that is still in the log.
    var readsAfter: UInt64 { cursor.seq == 0 ? 0 : cursor.seq - 1 }

    /// Redis has said where it is; nil when it knows of nothing.
    mutating func found(_ cursor: MirrorCursor?) { self.cursor = cursor ?? .beginning }

    /// Redis may have lost anything: everything that is live goes there again.
    mutating func startAgain() {
        cursor = .beginning
        own = nil
    }

    /// What to do with a page that begins after ``readsAfter`` and was read after `head`, `isAll` when the log had no more.
    mutating func next(_ page: [LoggedRevocation], isAll: Bool, head: UInt64, at now: Timestamp) -> Step {
        guard isKnown(by: page, head: head) else {
            startAgain()
            return .readAgain
        }
        let news = page.drop { $0.revocation.seq <= cursor.seq }
        var through = news.last.map { MirrorCursor(after: $0) } ?? cursor
        // What is not there any more, though it is not after the head, has outlived every token.
        if isAll, head > through.seq { through = MirrorCursor(seq: head, mark: "") }
        return .deliver(
            MirrorBatch(
                after: cursor, through: through,
                records: news.map(\.revocation).filter { $0.until > now.milliseconds }, reachesHead: isAll))
    }

    /// A batch has been applied.
    mutating func applied(_ batch: MirrorBatch) {
        cursor = batch.through
        own = batch.through
    }

    private func isKnown(by page: [LoggedRevocation], head: UInt64) -> Bool {
        if cursor.seq == 0 { return true }
        if cursor.seq > head { return false }
        if let first = page.first, first.revocation.seq == cursor.seq {
            return MirrorCursor(after: first) == cursor
        }
        return cursor == own
    }
}
