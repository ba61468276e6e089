/// Identifiers, each with the second in which it may be forgotten, in less than 24 bytes apiece.
///
/// A hash table whose buckets are short arrays that grow by a few entries, and which itself grows by one bucket at a time (linear
/// hashing; Litwin, 1980). So there is no moment at which everything is moved, and no half-empty table after one.
struct ExpiringIdentifiers: Sendable {
    /// Four-byte words, because eight-byte ones would be padded to 24 bytes.
    private struct Entry: Sendable {
        let a, b, c, d: UInt32
        /// Seconds since 1970, rounded up.
        var until: UInt32

        init(_ id: Identifier, until: UInt32) {
            a = UInt32(truncatingIfNeeded: id.high >> 32)
            b = UInt32(truncatingIfNeeded: id.high)
            c = UInt32(truncatingIfNeeded: id.low >> 32)
            d = UInt32(truncatingIfNeeded: id.low)
            self.until = until
        }

        var id: Identifier { Identifier(high: UInt64(a) << 32 | UInt64(b), low: UInt64(c) << 32 | UInt64(d)) }

        func isOf(_ other: Entry) -> Bool { d == other.d && c == other.c && b == other.b && a == other.a }
    }

    /// Entries a bucket, on the average, at which the table grows, and below which it shrinks.
    private static let fullBucket = 96
    private static let sparseBucket = 28
    /// Entries by which a bucket grows.
    private static let step = 3

    private var buckets: ContiguousArray<ContiguousArray<Entry>> = [[]]
    /// The greatest power of two that is not above the number of buckets.
    private var base = 1
    /// The bucket to look through next for what may be forgotten.
    private var cursor = 0
    private(set) var count = 0

    /// Adds an identifier, to be kept until then, in milliseconds since 1970; of two moments the later counts.
    mutating func insert(_ id: Identifier, until: Int64) {
        let entry = Entry(id, until: UInt32(clamping: until / 1000 + (until % 1000 > 0 ? 1 : 0)))
        let bucket = bucket(of: id)
        if let held = buckets[bucket].firstIndex(where: { $0.isOf(entry) }) {
            buckets[bucket][held].until = max(buckets[bucket][held].until, entry.until)
            return
        }
        append(entry, to: bucket)
        count += 1
        if count > buckets.count * Self.fullBucket { split() }
    }

    func contains(_ id: Identifier) -> Bool {
        guard count > 0 else { return false }
        let entry = Entry(id, until: 0)
        return buckets[bucket(of: id)].withUnsafeBufferPointer { entries in
            // Nearly all are told apart by a quarter of the identifier: eight at a time, without a branch for each.
            var index = 0
            while index + 8 <= entries.count {
                var least = UInt32.max
                for place in index..<index + 8 { least = min(least, entries[place].d ^ entry.d) }
                if least == 0, (index..<index + 8).contains(where: { entries[$0].isOf(entry) }) { return true }
                index += 8
            }
            return entries[index...].contains { $0.isOf(entry) }
        }
    }

    /// Forgets what may be forgotten at `now`, in milliseconds since 1970, in the next so many buckets.
    ///
    /// Gives the latest of the moments that have passed, or nil when nothing was forgotten.
    mutating func forget(at now: Int64, inBuckets most: Int) -> Int64? {
        var latest: UInt32?
        for _ in 0..<min(most, buckets.count) {
            cursor = cursor + 1 < buckets.count ? cursor + 1 : 0
            guard buckets[cursor].contains(where: { Int64($0.until) * 1000 <= now }) else { continue }
            let kept = buckets[cursor].filter { entry in
                guard Int64(entry.until) * 1000 <= now else { return true }
                latest = max(latest ?? 0, entry.until)
                return false
            }
            count -= buckets[cursor].count - kept.count
            buckets[cursor] = Self.packed(kept)
            while buckets.count > 1, count < buckets.count * Self.sparseBucket { merge() }
            cursor = min(cursor, buckets.count - 1)
        }
        return latest.map { Int64($0) * 1000 }
    }

    // MARK: Buckets

    private func bucket(of id: Identifier) -> Int {
        let mixed = (id.high ^ id.low &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
        let hash = Int(truncatingIfNeeded: (mixed ^ mixed >> 32) & 0x7FFF_FFFF)
        let wide = hash & (2 * base - 1)
        return wide < buckets.count ? wide : hash & (base - 1)
    }

    private mutating func append(_ entry: Entry, to bucket: Int) {
        let size = buckets[bucket].count
        if size == buckets[bucket].capacity { buckets[bucket].reserveCapacity(size + Self.step) }
        buckets[bucket].append(entry)
    }

    /// Makes one more bucket, out of the one that the added bit of the hash divides.
    private mutating func split() {
        let divided = buckets.count - base
        let entries = buckets[divided]
        buckets.append([])
        if buckets.count == 2 * base { base *= 2 }
        buckets[divided] = Self.packed(entries.filter { bucket(of: $0.id) == divided })
        buckets[buckets.count - 1] = Self.packed(entries.filter { bucket(of: $0.id) != divided })
    }

    /// A bucket with no more room than it needs.
    private static func packed(_ entries: some Collection<Entry>) -> ContiguousArray<Entry> {
        var bucket = ContiguousArray<Entry>()
        bucket.reserveCapacity(entries.count)
        bucket.append(contentsOf: entries)
        return bucket
    }

    /// Takes the last bucket back into the one that it came from.
    private mutating func merge() {
        if buckets.count == base { base /= 2 }
        guard let last = buckets.popLast() else { return }
        for entry in last { append(entry, to: bucket(of: entry.id)) }
    }
}
