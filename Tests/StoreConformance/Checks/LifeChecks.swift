import Exeunt
import Settlement

/// A whole working life at random, and whether all that is kept of it agrees.
enum LifeChecks {
    static let all = [agreement]

    static let agreement = StoreCheck(
        """
        after any life the log says of each token what the store says of its session, each session that is over was told of once, \
        and the store finds no fault
        """,
        catches: [
            .init("forgets the records of what a limit displaces") { store in
                store.onLog = { base, after, limit throws(AuthorityError) in
                    let ends = try await base.log(after: after, limit: limit)
                    return ends.filter { $0.reason != .sessionLimit }
                }
            },
            .init("forgets everyone's ending") { store in
                store.onLog = { base, after, limit throws(AuthorityError) in
                    try await base.log(after: after, limit: limit).map { record in
                        var record = record
                        if case .all = record.revocation.target { record.revocation.target = .all(epoch: 0) }
                        return record
                    }
                }
            },
            .init("tells of nothing that everyone's ending ends") { store in
                store.onSweep = { base, now, revokedUntil, auditBefore throws(AuthorityError) in
                    let head = try await base.outboxHead()
                    let removed = try await base.sweep(at: now, revokedUntil: revokedUntil, auditBefore: auditBefore)
                    // As if all that the sweeper has told of had been told of before, and was gone.
                    if try await base.outboxHead() > head, let receiver = try await base.receivers().first {
                        var progress = receiver.progress
                        progress.through = try await base.outboxHead()
                        try await base.note([DeliveryReport(receiver: receiver.id, progress: progress)])
                    }
                    return removed
                }
            },
            .init("tells of a session twice") { store in
                store.onEnded = { base, after, limit throws(AuthorityError) in
                    let ended = try await base.endedSessions(after: after, limit: limit)
                    return ended + (ended.last.map { [$0] } ?? [])
                }
            },
            .init("finds something wrong with itself") { store in
                store.onDiagnose = { base, now throws(AuthorityError) in
                    var diagnosis = try await base.diagnose(at: now)
                    diagnosis.problems.append("a made-up one")
                    return diagnosis
                }
            },
            .init("miscounts the live sessions") { store in
                store.onDiagnose = { base, now throws(AuthorityError) in
                    var diagnosis = try await base.diagnose(at: now)
                    diagnosis.liveSessions += 1
                    return diagnosis
                }
            },
        ]
    ) { scenario in
        for seed: UInt64 in 1...4 {
            // Whoever hears of one life hears of those after it, too.
            var life = Life(scenario, seed: seed, isHeard: seed > 2)
            try await life.begin()
            for _ in 0..<12 {
                try await life.live(through: 40)
                try await life.expectAgreement()
            }
        }
    }
}
