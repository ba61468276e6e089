import Exeunt
import Settlement

/// What the sweeper tells of, and what it removes once it is told.
enum ToldLaterChecks {
    static let all = [crowd, everyone, expired, removal]

    static let crowd = StoreCheck(
        "the sweeper gives a crowd's sessions their places, and the ending says that it will",
        catches: [
            .init("does not say so") { store in
                store.onEnd = { base, ending throws(AuthorityError) in
                    var ended = try await base.end(ending)
                    ended.isToldLater = false
                    return ended
                }
            },
            .init("never gets to it") { store in
                store.onSweep = { _, _, _, _ throws(AuthorityError) in 0 }
            },
        ]
    ) { scenario in
        try await scenario.listen()
        let subject = try scenario.subject()
        let one = try await scenario.open(subject)
        try await scenario.tested.crowd(subject, Limits.sweepBatch + 7)
        let ended = try await scenario.end(
            .subject(subject, except: nil), because: .passwordChanged, at: scenario.start + .seconds(1))
        try expect(ended.isToldLater, "nobody is to be told later")
        try expect(try await scenario.outbox().isEmpty, "a crowd has places with the ending itself")
        // What ends meanwhile does not change why the others ended.
        _ = try await scenario.open(subject, at: scenario.start + .seconds(2))
        try await scenario.end(.subject(subject, except: nil), because: .signedOut, at: scenario.start + .seconds(3))
        try await scenario.sweepAll(at: scenario.start + .seconds(9))
        let told = try await scenario.outbox()
        try expectEqual(told.count, Limits.sweepBatch + 9, "the sessions that are told of")
        try expectEqual(Set(told.map(\.session)).count, told.count, "the sessions that are told of once")
        try expectEqual(told.first { $0.session == one.id }?.reason, .passwordChanged, "why one of the crowd ended")
        try expectEqual(
            told.first { $0.session == one.id }?.at, scenario.start + .seconds(1), "when one of the crowd ended")
        try expectEqual(told.filter { $0.reason == .signedOut }.count, 1, "those that ended later")
    }

    static let everyone = StoreCheck(
        "the sweeper gives everyone's sessions their places, and the ending says that it will",
        catches: [
            .init("never gets to it") { store in
                store.onSweep = { _, _, _, _ throws(AuthorityError) in 0 }
            }
        ]
    ) { scenario in
        try await scenario.listen()
        var opened: [Opened] = []
        for _ in 0..<5 { opened.append(try await scenario.open(scenario.subject(), remember: true)) }
        let ended = try await scenario.end(.everyone, because: .securityConcern, at: scenario.start + .seconds(1))
        try expect(ended.isToldLater, "nobody is to be told later")
        let back = try await scenario.open(opened[0].session.subject, at: scenario.start + .seconds(2))
        try await scenario.sweepAll(at: scenario.start + .seconds(3))
        let told = try await scenario.outbox()
        try expectEqual(Set(told.map(\.session)), Set(opened.map(\.id)), "the sessions that are told of")
        try expectEqual(told.count, opened.count, "how many are told of")
        try expectEqual(Set(told.map(\.reason)), [.securityConcern], "why they ended")
        try expectEqual(Set(told.map(\.at)), [scenario.start + .seconds(1)], "when they ended")
        try expect(try await scenario.isLive(back, at: scenario.start + .seconds(3)), "one that came back is over")
    }

    static let expired = StoreCheck(
        "a session whose own end came before its ending is told of once, as expired",
        catches: [
            .init("tells of the ending that came too late") { store in
                store.onEnded = { base, after, limit throws(AuthorityError) in
                    try await base.endedSessions(after: after, limit: limit).map {
                        var ended = $0
                        if ended.reason == .idleTimeout { ended.reason = .passwordReset }
                        return ended
                    }
                }
            }
        ]
    ) { scenario in
        try await scenario.listen()
        let later = scenario.start + Scenario.hour
        var wanted: Set<Identifier> = []
        for size in [0, Limits.toldAtOnce] {
            let subject = try scenario.subject()
            let one = try await scenario.open(subject)
            if size > 0 { try await scenario.tested.crowd(subject, size) }
            try await scenario.end(.subject(subject, except: nil), because: .passwordReset, at: later)
            wanted.insert(one.id)
        }
        let ofEveryone = try await scenario.open(scenario.subject())
        try await scenario.end(.everyone, because: .passwordReset, at: later)
        wanted.insert(ofEveryone.id)
        try await scenario.sweepAll(at: later)
        let told = try await scenario.outbox().filter { wanted.contains($0.session) }
        try expectEqual(told.count, wanted.count, "how often they are told of")
        try expectEqual(Set(told.map(\.reason)), [.idleTimeout], "why they ended")
        try expectEqual(Set(told.map(\.at)), [later], "when they ended")
    }

    static let removal = StoreCheck(
        "the sweeper keeps what a receiver has yet to hear of, and removes the rest",
        catches: [
            .init("removes what nobody has heard of") { store in
                store.onSweep = { base, now, revokedUntil, auditBefore throws(AuthorityError) in
                    let head = try await base.outboxHead()
                    let reports = try await base.receivers().map { receiver in
                        var progress = receiver.progress
                        progress.through = head
                        return DeliveryReport(receiver: receiver.id, progress: progress)
                    }
                    try await base.note(reports)
                    return try await base.sweep(at: now, revokedUntil: revokedUntil, auditBefore: auditBefore)
                }
            },
            .init("keeps everything") { store in
                store.onNote = { _, _ throws(AuthorityError) in }
            },
        ]
    ) { scenario in
        let (quick, slow) = (try await scenario.listen(), try await scenario.listen())
        var silent = try await scenario.listen()
        silent.status = .disabled
        _ = try await scenario.store.update(silent, at: scenario.start, by: scenario.by)
        for _ in 0..<3 { try await scenario.end(try await scenario.open(scenario.subject())) }
        for (receiver, through) in [(quick, UInt64(3)), (slow, 1)] {
            var progress = receiver.progress
            progress.through = through
            try await scenario.store.note([DeliveryReport(receiver: receiver.id, progress: progress)])
        }
        try await scenario.sweepAll(at: scenario.start)
        try expectEqual(try await scenario.outbox().map(\.number), [2, 3], "the places that are kept")
        var progress = slow.progress
        progress.through = 3
        try await scenario.store.note([DeliveryReport(receiver: slow.id, progress: progress)])
        try await scenario.sweepAll(at: scenario.start)
        try expectEqual(try await scenario.outbox().map(\.number), [], "the places when all have passed them")
        try expectEqual(try await scenario.store.outboxHead(), 3, "the outbox's newest place")
        try await scenario.end(try await scenario.open(scenario.subject()))
        try expectEqual(try await scenario.outbox().map(\.number), [4], "the place after those that are gone")
    }
}
