/// How long an ending waits until it is settled before it is answered.
package enum Patience: Hashable, Sendable {
    /// As long as it takes: at the worst the longest lease and its margin.
    case untilSettled
    /// So long at the most: a person is waiting.
    case atMost(Duration)
    /// Not at all (`Prefer: respond-async`, RFC 7240 §4.1).
    case none
}
