internal import Settlement

/// An answer under way, on the connection on which it was asked for.
final class Answer {
    let poll: Poll
    let message: FeedAnswer

    init(poll: Poll, message: FeedAnswer) {
        self.poll = poll
        self.message = message
    }
}
