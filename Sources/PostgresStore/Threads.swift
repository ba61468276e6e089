internal import Exeunt
internal import Foundation
internal import Synchronization

/// Threads with a connection each, which take what waits in one line: libpq waits for the server, and no thread of Swift's own
/// may.
///
/// A thread takes as much as it may at once, so that the busier it is, the fewer round trips there are.
final class Threads<Job: Sendable>: Sendable {
    private struct State {
        var waiting: ArraySlice<Job> = []
        var isClosed = false
        var running: Int
    }

    private let state: Mutex<State>
    private let come = DispatchSemaphore(value: 0)
    private let gone = DispatchSemaphore(value: 0)
    private let capacity: Int
    private let atOnce: Int

    /// Starts `count` threads, which give what they have taken to `work`, at most `atOnce` of `capacity` that may wait.
    init(
        _ count: Int, named name: String, door: Door, capacity: Int, atOnce: Int,
        work: @escaping @Sendable ([Job], inout PostgresConnection?, Door) -> Void
    ) {
        state = Mutex(State(running: count))
        self.capacity = capacity
        self.atOnce = atOnce
        for number in 1...count {
            let thread = Thread { [self] in
                var connection: PostgresConnection?
                while let jobs = take() {
                    if !jobs.isEmpty { work(jobs, &connection, door) }
                    if connection?.isBroken ?? false { connection = nil }
                }
                gone.signal()
            }
            thread.name = "\(name) \(number)"
            thread.start()
        }
    }

    /// Puts a job in the line; says what it is refused for, if it is.
    func add(_ job: Job) -> AuthorityError? {
        let refusal: AuthorityError? = state.withLock { state in
            if state.isClosed { return .closed }
            guard state.waiting.count < capacity else { return .overloaded }
            state.waiting.append(job)
            return nil
        }
        if refusal == nil { come.signal() }
        return refusal
    }

    /// What is next, or nothing for a thread that has come too late; nil at the end.
    private func take() -> [Job]? {
        come.wait()
        return state.withLock { state in
            let jobs = Array(state.waiting.prefix(atOnce))
            state.waiting.removeFirst(jobs.count)
            return jobs.isEmpty && state.isClosed ? nil : jobs
        }
    }

    /// Refuses everything from now on, finishes what waits, and returns when every thread is through.
    func close() {
        let running = state.withLock { state in
            defer { (state.isClosed, state.running) = (true, 0) }
            return state.running
        }
        for _ in 0..<running { come.signal() }
        for _ in 0..<running { gone.wait() }
    }
}
