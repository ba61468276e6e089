/// Tokens that have been verified, by their exact text, in a table of fixed size.
///
/// A text has its place by a hash of its end, which is the signature, under a key of this process; so nobody can choose tokens
/// that share a place. What is found there counts only if the whole text is the same. In a set of slots that is full, the
/// next one that was not used since it was last passed over makes room (second chance; Corbató, 1968).
struct TokenCache: Sendable {
    private struct Slot: Sendable {
        var hash: UInt64 = 0
        var token: VerifiedToken?
        var wasUsed = false
    }

    private static let ways = 8

    private var slots: [Slot]
    private let sets: Int
    private let ways: Int
    /// Where each set goes on looking for room.
    private var hands: [UInt8]
    private var sweeper = 0
    private(set) var count = 0
    private let key: (UInt64, UInt64)

    /// An empty cache of at most so many tokens.
    init(capacity: Int, key: (UInt64, UInt64)) {
        ways = min(capacity, Self.ways)
        sets = ways == 0 ? 0 : capacity / ways
        slots = Array(repeating: Slot(), count: sets * ways)
        hands = Array(repeating: 0, count: sets)
        self.key = key
    }

    /// The hash of a text of ``Limits/shortestTokenBytes`` or more.
    static func hash(_ text: UnsafeRawBufferPointer, key: (UInt64, UInt64)) -> UInt64 {
        func word(_ index: Int) -> UInt64 {
            text.loadUnaligned(fromByteOffset: text.count - 8 * index, as: UInt64.self)
        }
        func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
            let product = left.multipliedFullWidth(by: right)
            return product.high ^ product.low
        }
        let half = mix(word(1) ^ key.0, word(2) ^ key.1)
        return mix(half ^ word(3) ^ key.1, word(4) ^ key.0)
    }

    /// The token of that very text.
    mutating func find(_ text: UnsafeRawBufferPointer, hash: UInt64) -> VerifiedToken? {
        guard sets > 0 else { return nil }
        let first = set(of: hash) * ways
        for index in first..<first + ways where slots[index].hash == hash {
            guard let token = slots[index].token, token.isOf(text) else { continue }
            slots[index].wasUsed = true
            return token
        }
        return nil
    }

    /// Adds a token, or puts it in the place of an older copy of itself.
    mutating func insert(_ token: VerifiedToken, text: UnsafeRawBufferPointer, hash: UInt64) {
        guard sets > 0 else { return }
        let set = set(of: hash)
        let range = set * ways..<(set + 1) * ways
        let index =
            range.first { slots[$0].hash == hash && slots[$0].token?.isOf(text) == true }
            ?? range.first { slots[$0].token == nil } ?? makeRoom(in: set)
        if slots[index].token == nil { count += 1 }
        slots[index] = Slot(hash: hash, token: token)
    }

    mutating func removeAll() {
        slots = Array(repeating: Slot(), count: slots.count)
        count = 0
    }

    /// Removes what has expired at `wall`, in milliseconds since 1970, from the next so many slots.
    mutating func removeExpired(at wall: Int64, inSlots most: Int) {
        for _ in 0..<min(most, slots.count) {
            sweeper = sweeper + 1 < slots.count ? sweeper + 1 : 0
            guard let token = slots[sweeper].token, token.refusedFrom <= wall else { continue }
            slots[sweeper] = Slot()
            count -= 1
        }
    }

    private func set(of hash: UInt64) -> Int { Int(hash.multipliedFullWidth(by: UInt64(sets)).high) }

    private mutating func makeRoom(in set: Int) -> Int {
        while true {
            let index = set * ways + Int(hands[set])
            hands[set] = hands[set] + 1 < ways ? hands[set] + 1 : 0
            if !slots[index].wasUsed { return index }
            slots[index].wasUsed = false
        }
    }
}
