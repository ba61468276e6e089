internal import Exeunt
internal import Settlement
internal import Synchronization

/// When a verification event was last asked for of each stream, at this node.
final class VerificationPace: Sendable {
    private let asked = Mutex<[Identifier: Moment]>([:])

    /// How long a stream's receiver has to wait; nil when it need not.
    func wait(_ stream: Identifier, at now: Moment) -> Duration? {
        let left = asked.withLock { asked in
            asked[stream].map { $0 + StreamTerms.verificationInterval.milliseconds - now } ?? 0
        }
        return left > 0 ? .milliseconds(left) : nil
    }

    func note(_ stream: Identifier, at now: Moment) {
        asked.withLock { asked in
            let interval = StreamTerms.verificationInterval.milliseconds
            asked = asked.filter { now - $0.value < interval }
            asked[stream] = now
        }
    }
}
