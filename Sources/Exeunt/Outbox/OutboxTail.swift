/// The newest endings of the outbox, in memory, so that they are read once and not once for each receiver.
struct OutboxTail: Sendable {
    private var endings: [EndedSession] = []
    /// It has every ending after this place.
    private(set) var start: UInt64
    /// It has every ending through this place.
    private(set) var end: UInt64
    private let capacity: Int

    /// An empty tail of an outbox that reaches through a place.
    init(end: UInt64, capacity: Int) {
        start = end
        self.end = end
        self.capacity = capacity
    }

    /// Adds what follows on what it has; older endings beyond the capacity go.
    mutating func append(_ more: [EndedSession]) {
        endings.append(contentsOf: more.drop { $0.number <= end })
        end = max(end, endings.last?.number ?? end)
        guard endings.count > 2 * capacity else { return }
        endings.removeFirst(endings.count - capacity)
        start = endings[0].number - 1
    }

    /// Everything after a place; nil when it does not reach back that far.
    func endings(after place: UInt64) -> ArraySlice<EndedSession>? {
        guard place >= start else { return nil }
        var (low, high) = (0, endings.count)
        while low < high {
            let middle = (low + high) / 2
            if endings[middle].number > place { high = middle } else { low = middle + 1 }
        }
        return endings[low...]
    }
}
