package import Settlement

/// The newest records of the log, in memory, so that a commit is read once and not once for each follower.
package struct LogTail: Sendable {
    private var records: [Revocation] = []
    /// It has every record after this `seq`.
    private var start: UInt64
    /// It has every record through this `seq`.
    package private(set) var end: UInt64
    private let capacity: Int

    /// An empty tail of a log whose head is `head`.
    package init(head: UInt64, capacity: Int) {
        start = head
        end = head
        self.capacity = capacity
    }

    /// Adds what follows on what it has; older records beyond the capacity go.
    package mutating func append(_ more: [Revocation], through seq: UInt64) {
        guard seq > end else { return }
        records.append(contentsOf: more.drop { $0.seq <= end })
        end = seq
        guard records.count > 2 * capacity else { return }
        records.removeFirst(records.count - capacity)
        start = records[0].seq - 1
    }

    /// Everything after a `seq`, at most so many; nil when it does not reach back that far, or there is more.
    package func records(after seq: UInt64, limit: Int) -> [Revocation]? {
        guard seq >= start else { return nil }
        let first = records.partitioned { $0.seq > seq }
        return records.count - first <= limit ? Array(records[first...]) : nil
    }
}

extension Array {
    /// Where the elements begin for which it is true, in an array in which they all come last.
    fileprivate func partitioned(by isTrue: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isTrue(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
