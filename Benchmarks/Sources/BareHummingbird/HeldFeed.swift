import NIOCore
import Synchronization

/// The messages of a settled sign-out and nothing else: polls that are held until there is news, and an ending that is
/// answered when everybody who follows has asked for what comes after it.
///
/// It stores nothing, knows no leases and asks nobody who they are. It takes one ending at a time, and followers that
/// stay.
final class HeldFeed: Sendable {
    private struct HeldPoll {
        var continuation: CheckedContinuation<UInt64, Never>
        var until: NIODeadline
    }

    private struct State {
        var head: UInt64 = 0
        var followers = 0
        /// How many of them have asked for what comes after the head.
        var upToDate = 0
        var polls: [HeldPoll] = []
        var ending: CheckedContinuation<Bool, Never>?
    }

    private let state = Mutex(State())

    /// How many follow.
    var followers: Int { state.withLock(\.followers) }

    /// The head when there is something after `seq`, or when `wait` has passed; at once for a newcomer.
    func head(after seq: UInt64, wait: TimeAmount, isNew: Bool) async -> UInt64 {
        await withCheckedContinuation { continuation in
            let (answer, ending) = state.withLock { state -> (UInt64?, CheckedContinuation<Bool, Never>?) in
                if isNew {
                    state.followers += 1
                    return (state.head, nil)
                }
                guard seq == state.head else { return (state.head, nil) }
                state.polls.append(HeldPoll(continuation: continuation, until: .now() + wait))
                state.upToDate += 1
                return (nil, state.upToDate == state.followers ? state.ending.take() : nil)
            }
            if let answer { continuation.resume(returning: answer) }
            ending?.resume(returning: true)
        }
    }

    /// Tells everybody, and returns when they have asked for what comes next; false while another ending is under way.
    func end() async -> Bool {
        await withCheckedContinuation { continuation in
            let (polls, head, answer) = state.withLock { state -> ([HeldPoll], UInt64, Bool?) in
                guard state.ending == nil else { return ([], 0, false) }
                state.head += 1
                state.upToDate = 0
                if state.followers == 0 { return ([], state.head, true) }
                state.ending = continuation
                defer { state.polls = [] }
                return (state.polls, state.head, nil)
            }
            for poll in polls { poll.continuation.resume(returning: head) }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    /// Answers the polls whose wait has passed.
    func look() {
        let now = NIODeadline.now()
        let (over, head) = state.withLock { state in
            let over = state.polls.filter { $0.until <= now }
            if !over.isEmpty {
                state.polls.removeAll { $0.until <= now }
                state.upToDate -= over.count
            }
            return (over, state.head)
        }
        for poll in over { poll.continuation.resume(returning: head) }
    }
}
