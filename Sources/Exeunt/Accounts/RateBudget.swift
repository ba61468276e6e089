/// A budget of attempts for each key, which grows back with time: the generic cell rate algorithm (ITU-T I.371), one
/// number a key.
///
/// A pure value: it is told the time.
package struct RateBudget: Sendable {
    private let burst: Int
    private let interval: Duration
    private let capacity: Int
    /// For each key, the moment at which its budget will be whole again.
    private var wholeAt: [String: Timestamp] = [:]

    /// `burst` attempts at once, and one more each `interval`; at most `capacity` keys are remembered.
    package init(burst: Int, interval: Duration, capacity: Int) {
        self.burst = burst
        self.interval = interval
        self.capacity = capacity
    }

    /// How long a key must wait for its next attempt; nil when it may try now.
    package func wait(of key: String, at now: Timestamp) -> Duration? {
        guard let whole = wholeAt[key] else { return nil }
        let excess = whole.since(now) - interval * (burst - 1)
        return excess > .zero ? excess : nil
    }

    /// Takes one attempt from a key's budget.
    package mutating func spend(_ key: String, at now: Timestamp) {
        if wholeAt.count >= capacity, wholeAt[key] == nil { forgetSome(at: now) }
        wholeAt[key] = max(wholeAt[key] ?? now, now) + interval
    }

    /// Gives one attempt back.
    package mutating func refund(_ key: String, at now: Timestamp) {
        guard let whole = wholeAt[key] else { return }
        let earlier = whole - interval
        wholeAt[key] = earlier > now ? earlier : nil
    }

    /// Forgets keys that are whole again; when none is, the quarter that will be whole soonest.
    private mutating func forgetSome(at now: Timestamp) {
        wholeAt = wholeAt.filter { $0.value > now }
        guard wholeAt.count >= capacity else { return }
        let cut = wholeAt.values.sorted()[capacity / 4]
        wholeAt = wholeAt.filter { $0.value > cut }
    }
}
