/// What will happen, by the moment at which it will; of two things at the same moment, what was planned first comes first.
struct EventQueue {
    private struct Entry {
        var at: Instant
        var order: Int
        /// Where the event waits: events are large, and the heap moves its entries about.
        var slot: Int

        func isBefore(_ other: Entry) -> Bool { at == other.at ? order < other.order : at < other.at }
    }

    /// A binary heap: an entry comes before the two at twice its place and one and two more.
    private var heap: [Entry] = []
    private var slots: [Event?] = []
    private var freeSlots: [Int] = []
    private var planned = 0

    mutating func plan(_ event: Event, at instant: Instant) {
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
            slots[slot] = event
        } else {
            slot = slots.count
            slots.append(event)
        }
        planned += 1
        heap.append(Entry(at: instant, order: planned, slot: slot))
        rise(heap.count - 1)
    }

    /// Takes the next event, with its moment.
    mutating func next() -> (Instant, Event)? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty {
            heap[0] = last
            sink(0)
        }
        guard let event = slots[first.slot].take() else { return nil }
        freeSlots.append(first.slot)
        return (first.at, event)
    }

    private mutating func rise(_ place: Int) {
        var place = place
        while place > 0, heap[place].isBefore(heap[(place - 1) / 2]) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private mutating func sink(_ place: Int) {
        var place = place
        while 2 * place + 1 < heap.count {
            var child = 2 * place + 1
            if child + 1 < heap.count, heap[child + 1].isBefore(heap[child]) { child += 1 }
            guard heap[child].isBefore(heap[place]) else { return }
            heap.swapAt(place, child)
            place = child
        }
    }
}
