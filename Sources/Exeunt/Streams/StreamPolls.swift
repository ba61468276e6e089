internal import ServiceLifecycle
internal import Settlement
internal import Synchronization

/// Answers those who fetch their events (RFC 8936).
///
/// What has been acknowledged out of turn is kept in memory alone: after a crash, or at another node, those events are handed out
/// once more, under the same name.
package final class StreamPolls: Sendable {
    private struct State {
        var ahead: [Identifier: Set<UInt64>] = [:]
        var held = 0
    }

    private let authority: Authority
    private let clock: any Clock<Duration>
    private let state = Mutex(State())

    package init(_ authority: Authority, clock: any Clock<Duration>) {
        self.authority = authority
        self.clock = clock
    }

    private var store: any Store { authority.store }
    private var environment: Environment { authority.environment }

    /// Takes what is acknowledged, and answers with what is next: at once when there is something or the receiver does not want to
    /// wait, else when something ends, and after ``Limits/longestPoll`` with nothing.
    ///
    /// Nil when the stream is gone. One that does not flow gets nothing.
    package func answer(_ poll: StreamPoll, of stream: Receiver) async throws(AuthorityError) -> StreamPollAnswer? {
        try await take(poll, of: stream)
        let deadline = environment.moment() + Limits.longestPoll.milliseconds
        let isHeld = hold(poll)
        defer { if isHeld { state.withLock { $0.held -= 1 } } }
        while true {
            let heads = store.heads()
            guard let now = try await store.receiver(stream.id), now.kind == .eventPoll else { return nil }
            let answer = try await offer(poll.most ?? Limits.eventsPerAnswer, of: now)
            let left = deadline - environment.moment()
            guard isHeld, answer.events.isEmpty, left > 0, !Task.isShuttingDownGracefully, !Task.isCancelled else {
                return answer
            }
            await wait(for: heads, atMost: min(.milliseconds(left), Limits.receiverLook))
        }
    }

    private func hold(_ poll: StreamPoll) -> Bool {
        guard !poll.returnsImmediately, poll.most != 0 else { return false }
        return state.withLock { state in
            guard state.held < Limits.heldPolls else { return false }
            state.held += 1
            return true
        }
    }

    /// Until something may have ended, the time is up, or the server stops.
    private func wait(for heads: AsyncStream<UInt64>, atMost limit: Duration) async {
        let clock = clock
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { for await _ in heads { return } }
                group.addTask { try? await clock.sleep(for: limit) }
                await group.next()
                group.cancelAll()
            }
        }
    }

    // MARK: What is acknowledged

    private func take(_ poll: StreamPoll, of stream: Receiver) async throws(AuthorityError) {
        let names = poll.acknowledged.union(poll.refused.keys)
        // As it is now: a report that is behind what another poll has written would be left out.
        guard !names.isEmpty, let stream = try await store.receiver(stream.id) else { return }
        var progress = progress(of: stream)
        var report = DeliveryReport(receiver: stream.id, progress: stream.progress)
        if let verification = stream.verification, names.contains(stream.name(of: verification)) {
            report.verified = verification.id
        }
        var place = progress.through
        // What can be acknowledged has been handed out, so it is among the first of what is open.
        for _ in 0..<Limits.pagesPerPoll {
            let page = try await store.endedSessions(after: place, limit: Limits.endedSessionsPerRead)
            let entries = entries(page, of: stream)
            for number in progress.acknowledge(names, in: entries) {
                note(number, page: page, entries: entries, poll: poll, report: &report)
            }
            guard page.count == Limits.endedSessionsPerRead, let last = page.last else { break }
            place = last.number
        }
        progress.forget(beyond: Limits.acknowledgedAhead)
        report.progress.through = progress.through
        state.withLock { $0.ahead[stream.id] = progress.ahead.isEmpty ? nil : progress.ahead }
        try await store.note([report])
    }

    private func note(
        _ number: UInt64, page: [EndedSession], entries: [PollProgress.Entry], poll: StreamPoll,
        report: inout DeliveryReport
    ) {
        let now = environment.now()
        guard let ended = page.first(where: { $0.number == number }),
            let name = entries.first(where: { $0.number == number })?.name
        else { return }
        if let why = poll.refused[name] {
            report.progress.givenUp += 1
            report.progress.lastFailureAt = now
            report.progress.lastFailure = why
            report.givenUp.append(DeadLetter(receiver: report.receiver, ended: ended, why: why, at: now))
        } else {
            report.progress.delivered += 1
            report.progress.failures = 0
            report.progress.lastDeliveredAt = now
        }
    }

    // MARK: What is next

    private func offer(_ most: Int, of stream: Receiver) async throws(AuthorityError) -> StreamPollAnswer {
        var answer = StreamPollAnswer()
        let room = min(most, Limits.eventsPerAnswer)
        guard stream.status == .enabled, room > 0 else { return answer }
        if let verification = stream.verification {
            let (now, issuer) = (environment.now(), authority.policy.issuer)
            let token = SecurityEventToken<VerificationEvent>(verification, to: stream, issuer: issuer, at: now)
            answer.events.append(.init(name: token.jti, token: try await authority.signedEvent(token, at: now)))
        }
        var progress = progress(of: stream)
        var place = progress.through
        reading: for _ in 0..<Limits.pagesPerPoll {
            let page = try await store.endedSessions(after: place, limit: Limits.endedSessionsPerRead)
            let entries = entries(page, of: stream)
            _ = progress.acknowledge([], in: entries)
            for entry in progress.open(of: entries) {
                guard answer.events.count < room else {
                    answer.isMoreAvailable = true
                    break reading
                }
                guard let ended = page.first(where: { $0.number == entry.number }) else { continue }
                answer.events.append(try await event(ended, to: stream))
            }
            guard page.count == Limits.endedSessionsPerRead, let last = page.last else { break }
            place = last.number
        }
        // Others' endings are passed over in strides, so that not each of them is a write; what was acknowledged ahead at once.
        let (reached, known) = (progress.through, stream.progress.through)
        let passed = state.withLock { state in
            let ahead = state.ahead[stream.id] ?? []
            state.ahead[stream.id] = ahead.contains { $0 > reached } ? ahead.filter { $0 > reached } : nil
            return ahead.contains { known < $0 && $0 <= reached }
        }
        if passed || reached >= known + UInt64(Limits.endedSessionsPerRead) {
            var report = DeliveryReport(receiver: stream.id, progress: stream.progress)
            report.progress.through = progress.through
            try await store.note([report])
        }
        return answer
    }

    // MARK: Parts

    private func event(
        _ ended: EndedSession, to stream: Receiver
    ) async throws(AuthorityError) -> StreamPollAnswer.Event {
        let (now, issuer) = (environment.now(), authority.policy.issuer)
        let token = SecurityEventToken<SessionRevokedEvent>(ended, to: stream, issuer: issuer, at: now)
        return StreamPollAnswer.Event(name: token.jti, token: try await authority.signedEvent(token, at: now))
    }

    private func progress(of stream: Receiver) -> PollProgress {
        PollProgress(
            through: stream.progress.through, ahead: state.withLock { $0.ahead[stream.id] ?? [] })
    }

    private func entries(_ page: [EndedSession], of stream: Receiver) -> [PollProgress.Entry] {
        page.map { ended in
            PollProgress.Entry(
                number: ended.number,
                name: stream.isToHear(of: ended) ? EventIdentifier.ended(ended.session, to: stream.id) : nil)
        }
    }
}

extension Receiver {
    fileprivate func name(of verification: Verification) -> String {
        EventIdentifier.verification(verification.id, to: id)
    }
}
