internal import Settlement

/// A poll under way.
final class Poll {
    let verifier: Int
    /// The node that is asked, by the number of its machine.
    let node: Int
    let run: Int
    let number: Int
    /// What the verifier's clocks said before it asked; it keeps that to itself.
    let asked: ClockReading
    /// When that was: for the checker alone.
    let askedAt: Instant
    let message: FeedPoll
    /// For how long it may be held.
    let wait: Span

    init(
        verifier: Int, node: Int, run: Int, number: Int, asked: ClockReading, askedAt: Instant, message: FeedPoll,
        wait: Span
    ) {
        self.verifier = verifier
        self.node = node
        self.run = run
        self.number = number
        self.asked = asked
        self.askedAt = askedAt
        self.message = message
        self.wait = wait
    }
}
