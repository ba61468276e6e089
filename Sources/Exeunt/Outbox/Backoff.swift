/// How long somebody is left alone who has failed.
package enum Backoff {
    /// The pause after so many failures in a row, 1 or more: up to ``Limits/firstBackoff``, and up to twice as long after each more,
    /// by a chance from 0 to 1 ("full jitter").
    package static func pause(after failures: Int, chance: Double) -> Duration {
        let doublings = min(max(failures, 1) - 1, 30)
        let most = min(Limits.firstBackoff * (1 << doublings), Limits.longestBackoff)
        return max(Limits.shortestBackoff, most * min(max(chance, 0), 1))
    }
}
