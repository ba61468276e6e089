/// How long to wait before the next poll when the last ones failed: longer each time, and never all verifiers at once.
struct Pause: Sendable {
    private var failures = 0

    mutating func reset() { failures = 0 }

    /// The pause after one more failure, with 64 random bits; at least what the authority has asked for.
    mutating func next(random: UInt64, retryAfter: Duration?) -> Duration {
        let whole = min(Limits.firstPause * (1 << min(failures, 10)), Limits.longestPause)
        failures += 1
        let half = whole / 2
        let part = half + half * Double(random >> 11) / Double(UInt64(1) << 53)
        return max(part, retryAfter ?? .zero)
    }
}
