import Exeunt
import Settlement
import Synchronization

/// An outbox in memory that can fail at any of its verbs, and that can be found as a crash has left it.
final class MemoryOutbox: OutboxStore {
    /// What goes wrong at a call.
    enum Fault: CaseIterable, Sendable {
        /// It throws and has done nothing.
        case fails
        /// It has done it and says that it does not know.
        case undecided
        /// The process dies before it is done.
        case diesBefore
        /// The process dies when it is done.
        case diesAfter
    }

    private struct State {
        var receivers: [Receiver] = []
        var ended: [EndedSession] = []
        var letters: [DeadLetter] = []
        var keeper: (node: Identifier, until: Timestamp)?
        var calls = 0
        var fault: (call: Int, fault: Fault)?
        var isDead = false
    }

    private let state = Mutex(State())

    init(_ receivers: [Receiver]) { state.withLock { $0.receivers = receivers } }

    func end(_ ended: [EndedSession]) { state.withLock { $0.ended += ended } }

    /// The call of that number fails like this; the next ones as usual, unless the process is dead.
    func fail(at call: Int, _ fault: Fault) {
        state.withLock { state in
            state.calls = 0
            state.fault = (call, fault)
        }
    }

    /// The next process begins: nothing fails any more, and nobody holds the outbox.
    func rise() {
        state.withLock { state in
            (state.isDead, state.fault, state.keeper) = (false, nil, nil)
        }
    }

    var isDead: Bool { state.withLock { $0.isDead } }
    var calls: Int { state.withLock { $0.calls } }
    var letters: [DeadLetter] { state.withLock { $0.letters } }
    var stored: [Receiver] { state.withLock { $0.receivers } }

    private func call<Value>(_ verb: (inout State) -> Value) throws(AuthorityError) -> Value {
        let result: Result<Value, AuthorityError> = state.withLock { state in
            if state.isDead { return .failure(.storeUnavailable(reason: "dead")) }
            state.calls += 1
            guard let fault = state.fault, fault.call == state.calls else { return .success(verb(&state)) }
            switch fault.fault {
            case .fails: return .failure(.storeUnavailable(reason: "a test"))
            case .undecided:
                _ = verb(&state)
                return .failure(.storeUndecided(reason: "a test"))
            case .diesBefore: state.isDead = true
            case .diesAfter:
                _ = verb(&state)
                state.isDead = true
            }
            return .failure(.storeUnavailable(reason: "dead"))
        }
        return try result.get()
    }

    func receivers() async throws(AuthorityError) -> [Receiver] { try call { $0.receivers } }

    func receiver(_ id: Identifier) async throws(AuthorityError) -> Receiver? {
        try call { state in state.receivers.first { $0.id == id } }
    }

    func add(_ receiver: Receiver, by: Provenance) async throws(AuthorityError) {
        try call { $0.receivers.append(receiver) }
    }

    func update(_ receiver: Receiver, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool {
        try call { state in
            guard let index = state.receivers.firstIndex(where: { $0.id == receiver.id }) else { return false }
            let progress = state.receivers[index].progress
            state.receivers[index] = receiver
            state.receivers[index].progress = progress
            return true
        }
    }

    func removeReceiver(_ id: Identifier, at now: Timestamp, by: Provenance) async throws(AuthorityError) -> Bool {
        try call { state in
            state.receivers.removeAll { $0.id == id }
            return true
        }
    }

    func endedSessions(after: UInt64, limit: Int) async throws(AuthorityError) -> [EndedSession] {
        try call { state in Array(state.ended.filter { $0.number > after }.prefix(limit)) }
    }

    func outboxHead() async throws(AuthorityError) -> UInt64 { try call { $0.ended.last?.number ?? 0 } }

    func note(_ reports: [DeliveryReport]) async throws(AuthorityError) {
        try call { state in
            for report in reports {
                guard let index = state.receivers.firstIndex(where: { $0.id == report.receiver }),
                    state.receivers[index].progress.through <= report.progress.through
                else { continue }
                state.receivers[index].progress = report.progress
                state.letters += report.givenUp
                if state.receivers[index].verification?.id == report.verified {
                    state.receivers[index].verification = nil
                }
            }
        }
    }

    func claimOutbox(by node: Identifier, until: Timestamp, at now: Timestamp) async throws(AuthorityError) -> Bool {
        try call { state in
            if let keeper = state.keeper, keeper.node != node, keeper.until > now { return false }
            state.keeper = (node, until)
            return true
        }
    }

    func deadLetters(
        of receiver: Identifier?, after: Int64, limit: Int
    ) async throws(AuthorityError) -> [DeadLetter] { try call { $0.letters } }

    func removeDeadLetters(_ numbers: [Int64]) async throws(AuthorityError) -> Int { try call { _ in 0 } }

    func endedStatusIndices(in range: Range<UInt64>, since: Timestamp) async throws(AuthorityError) -> [UInt64] {
        try call { _ in [] }
    }
}
