internal import Logging
internal import Settlement

extension Authority {
    /// Gives up what streams have not fetched for ``AuthorityPolicy/eventLife``; nobody else does, since nobody tells them.
    ///
    /// Without that, one stream whose receiver is gone would have everything kept for it.
    package func expireStreams() async throws(AuthorityError) {
        let now = environment.now()
        let oldest = now + (.zero - policy.eventLife)
        for stream in try await store.receivers() where stream.kind == .eventPoll && stream.status != .disabled {
            var report = DeliveryReport(receiver: stream.id, progress: stream.progress)
            let page = try await store.endedSessions(after: stream.progress.through, limit: Limits.deadLettersPerNote)
            for ended in page.prefix(while: { $0.at < oldest }) {
                report.progress.through = ended.number
                guard stream.isToHear(of: ended) else { continue }
                report.progress.givenUp += 1
                report.givenUp.append(
                    DeadLetter(receiver: stream.id, ended: ended, why: "not fetched in time", at: now))
            }
            guard report.progress.through > stream.progress.through else { continue }
            if !report.givenUp.isEmpty {
                logger.warning(
                    "events were not fetched in time",
                    metadata: ["stream": "\(stream.id)", "count": "\(report.givenUp.count)"])
            }
            try await store.note([report])
        }
    }
}
