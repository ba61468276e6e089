internal import RedisLink
internal import Settlement
internal import Synchronization

/// Asks Redis about tokens: one command each, and one round trip for all who come while the last is under way.
final class RedisChecks: Sendable {
    private let thread: RedisThread
    private let keys: DenylistKeys
    private let patience: Duration
    private let now: @Sendable () -> Moment
    private let queue = Mutex(CheckQueue())
    /// The run of Redis that the connection leads to.
    private let run = Mutex("")

    init(_ address: RedisAddress, keys: DenylistKeys, patience: Duration, now: @escaping @Sendable () -> Moment) {
        self.keys = keys
        self.patience = patience
        self.now = now
        thread = RedisThread(
            address, commandMilliseconds: Int(patience.milliseconds), name: "exeunt.redis.checks")
    }

    /// What Redis says of a token; nil when it says nothing that counts.
    ///
    /// What counts is said by the run of Redis that the authority vouches for: after a restart, or at a replica, it is another one.
    func answer(on claims: TokenClaims) async -> DenylistAnswer? {
        let result = await withCheckedContinuation { continuation in
            let check = CheckQueue.Check(claims: claims) { continuation.resume(returning: $0) }
            switch queue.withLock({ $0.add(check, at: now()) }) {
            case .begin: begin()
            case .later: break
            case .refused: continuation.resume(returning: .failure(.unreachable("it has just failed")))
            }
        }
        return try? result.get()
    }

    func close() { thread.disconnect() }

    private func begin() {
        let checks = queue.withLock { $0.take() }
        guard !checks.isEmpty else { return }
        thread.enqueue { [self] connection, isNew throws(RedisFailure) in
            if isNew {
                let name = try RedisRun.name(connection)
                run.withLock { $0 = name }
            }
            let name = run.withLock { $0 }
            let asked = now()
            let replies = try connection.pipeline(checks.map { keys.check($0.claims) })
            // Of a process that stood still meanwhile it may be old news.
            guard now() - asked <= patience.milliseconds else { throw .unreachable("it did not answer in time") }
            return replies.map { Self.judge($0, run: name) }
        } then: { [self] result in
            switch result {
            case .success(let answers):
                for (check, answer) in zip(checks, answers) { check.tell(answer) }
            case .failure(let failure):
                for check in checks + queue.withLock({ $0.failed(at: now()) }) { check.tell(.failure(failure)) }
            }
            begin()
        }
    }

    private static func judge(_ reply: RedisReply, run: String) -> Result<DenylistAnswer, RedisFailure> {
        do throws(RedisFailure) {
            let answer = try DenylistAnswer(reply)
            guard answer.run == run else { throw .unreachable("nobody vouches for it") }
            return .success(answer)
        } catch {
            return .failure(error)
        }
    }
}
