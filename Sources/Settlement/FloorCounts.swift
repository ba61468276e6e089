/// How many followers have each floor.
///
/// Followers are close behind the head, so there are few floors however many followers there are; and the least one is at hand
/// after each acknowledgement.
struct FloorCounts: Sendable {
    private var entries: [(floor: UInt64, count: Int)] = []

    /// The least floor of all.
    var least: UInt64? { entries.first?.floor }

    mutating func add(_ floor: UInt64) {
        let index = index(of: floor)
        if index < entries.count, entries[index].floor == floor {
            entries[index].count += 1
        } else {
            entries.insert((floor, 1), at: index)
        }
    }

    mutating func remove(_ floor: UInt64) {
        let index = index(of: floor)
        guard index < entries.count, entries[index].floor == floor else { return }
        entries[index].count -= 1
        if entries[index].count == 0 { entries.remove(at: index) }
    }

    /// Where a floor is, or belongs.
    private func index(of floor: UInt64) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].floor < floor { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
