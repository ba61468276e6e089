import Exeunt
import Settlement

/// What time ends, and what is left to tidy up.
enum SweepChecks {
    static let all = [bounded, recorded, postponed, behindTheUsed, logins, remains, trail]

    static let bounded = StoreCheck(
        "the sweeper takes a bounded batch at a time, and in the end all that is over",
        catches: [
            .init("takes all at once") { store in
                store.onSweep = { base, now, until, before throws(AuthorityError) in
                    var all = 0
                    while true {
                        let some = try await base.sweep(at: now, revokedUntil: until, auditBefore: before)
                        if some == 0 { return all }
                        all += some
                    }
                }
            },
            .init("stops before the end") { store in
                let swept = Remembering<Bool>()
                store.onSweep = { base, now, until, before throws(AuthorityError) in
                    if swept.only == true { return 0 }
                    swept.only = true
                    return try await base.sweep(at: now, revokedUntil: until, auditBefore: before)
                }
            },
        ]
    ) { scenario in
        let subject = try scenario.subject()
        let crowd = Limits.sweepBatch * 2 + 50
        try await scenario.tested.crowd(subject, crowd)
        let survivor = try await scenario.open(scenario.subject("grace"), at: scenario.start + Scenario.hour)
        let now = scenario.start + Scenario.hour
        var rounds: [Int] = []
        while true {
            let swept = try await scenario.sweep(at: now)
            if swept == 0 { break }
            rounds.append(swept)
            try expect(swept <= Limits.sweepBatch, "a round took \(swept)")
        }
        try expectEqual(rounds.reduce(0, +), crowd, "the rows that were taken")
        try expectEqual(try await scenario.log().count, crowd, "the records that were written")
        try expect(try await scenario.isLive(survivor, at: now), "a live session was swept")
        try expectEqual(try await scenario.sessions(of: nil).map(\.id), [survivor.id], "the sessions that are left")
    }

    static let recorded = StoreCheck(
        "a session that time ends has its record and its event, once",
        catches: [
            .init("writes no record") { store in
                store.onLog = { base, after, limit throws(AuthorityError) in
                    try await base.log(after: after, limit: limit)
                        .filter { $0.reason != .idleTimeout && $0.reason != .absoluteTimeout }
                }
            },
            .init("calls every end an idle one") { store in
                store.onLog = { base, after, limit throws(AuthorityError) in
                    try await base.log(after: after, limit: limit).map { record in
                        var record = record
                        record.reason = .idleTimeout
                        return record
                    }
                }
            },
        ]
    ) { scenario in
        let idle = try await scenario.open(scenario.subject(), remember: true)
        var opening = try scenario.opening(scenario.subject())
        opening.absoluteEnd = scenario.start + .seconds(1800)
        let absolute = try await scenario.open(opening)
        let early = try await scenario.sweep(at: opening.absoluteEnd - .milliseconds(1))
        try expectEqual(early, 0, "the rows swept before any end")
        let now = idle.session.expiresAt
        while try await scenario.sweep(at: now) > 0 {}
        let log = try await scenario.log()
        try expectEqual(log.map(\.revocation.target), [.session(absolute.id), .session(idle.id)], "the log")
        try expectEqual(log.map(\.reason), [.absoluteTimeout, .idleTimeout], "the reasons in the log")
        try expectEqual(log.map(\.revocation.until).min(), (now + Scenario.hour).milliseconds, "until when it stays")
        let events = try await scenario.events(.sessionExpired)
        try expectEqual(events.map(\.session), [absolute.id, idle.id], "the audit trail")
        try expectEqual(events.map(\.reason), ["absolute_timeout", "idle_timeout"], "the reasons in the trail")
        try expectEqual(events.map(\.by.actor), [.authority, .authority], "who did it")

        // Remembering somebody is for after their session.
        let login = try require(idle.remembered, "the session is opened with a remembered login")
        guard case .rotated = try await scenario.resume(login, generation: 0, at: now) else {
            throw Broken(promise: "", detail: "the remembered login ended with the session's time")
        }
    }

    static let postponed = StoreCheck(
        "a session that is used is not swept at the end that it had before",
        catches: [
            .init("sweeps by the end that a session opened with") { store in
                let known = Remembering<Identifier>()
                store.onExtend = { base, id, activeAt, idleEnd throws(AuthorityError) in
                    known.only = id
                    return try await base.extend(id, lastActiveAt: activeAt, idleEnd: idleEnd)
                }
                store.onSweep = { base, now, until, before throws(AuthorityError) in
                    if let id = known.only {
                        _ = try await base.end(
                            Ending(
                                .session(id, owner: nil), reason: .idleTimeout, at: now, revokedUntil: until,
                                by: .authority))
                    }
                    return try await base.sweep(at: now, revokedUntil: until, auditBefore: before)
                }
            }
        ]
    ) { scenario in
        let used = try await scenario.open(scenario.subject())
        let refreshed = try await scenario.open(scenario.subject())
        let unused = try await scenario.open(scenario.subject())
        let active = scenario.start + .seconds(1800)
        _ = try await scenario.store.extend(used.id, lastActiveAt: active, idleEnd: active + Scenario.hour)
        _ = try await scenario.rotate(refreshed, generation: 0, at: active)
        let now = scenario.start + Scenario.hour
        while try await scenario.sweep(at: now) > 0 {}
        for one in [used, refreshed] {
            try expect(try await scenario.isLive(one, at: now), "a session that was used is swept")
        }
        try await scenario.expectOver(unused, at: now, after: "its end")
        let end = active + Scenario.hour
        while try await scenario.sweep(at: end) > 0 {}
        try expectEqual(try await scenario.log().count, 3, "the records after the later end")
    }

    static let behindTheUsed = StoreCheck(
        "a round that takes less than a batch has left nothing behind, however many sessions were used meanwhile",
        catches: [
            .init("gives up when it meets a batch of used sessions") { store in
                let used = Remembering<Bool>()
                store.onExtend = { base, id, activeAt, idleEnd throws(AuthorityError) in
                    used.only = true
                    return try await base.extend(id, lastActiveAt: activeAt, idleEnd: idleEnd)
                }
                store.onSweep = { base, now, until, before throws(AuthorityError) in
                    defer { used.only = nil }
                    return used.only == true
                        ? 0 : try await base.sweep(at: now, revokedUntil: until, auditBefore: before)
                }
            }
        ]
    ) { scenario in
        let subject = try scenario.subject()
        let crowd = Limits.sweepBatch + 20
        try await scenario.tested.crowd(subject, crowd)
        let used = try await scenario.sessions(of: subject)
        let active = scenario.start + .seconds(600)
        _ = try await scenario.atOnce(crowd) { index in
            try await scenario.store.extend(
                used[index].id, lastActiveAt: active, idleEnd: active + Scenario.hour)
        }
        let unused = try await scenario.open(scenario.subject(), at: scenario.start + .seconds(60))
        let now = unused.session.expiresAt
        try expectEqual(try await scenario.sweep(at: now), 1, "the rows that one round took")
        try await scenario.expectOver(unused, at: now, after: "its end")
        try expectEqual(try await scenario.sessions(of: subject, at: now).count, crowd, "the sessions that were used")
        try expectEqual(try await scenario.sweep(at: now), 0, "the rows that the next round took")
    }

    static let logins = StoreCheck(
        "remembered logins past their time are swept, and the others stay",
        catches: [
            .init("sweeps them all") { store in
                let families = Remembering<SecretHash>()
                store.onOpen = { base, opening throws(AuthorityError) in
                    families.only = opening.remembering?.familyHash ?? families.only
                    return try await base.open(opening)
                }
                store.onSweep = { base, now, until, before throws(AuthorityError) in
                    let swept = try await base.sweep(at: now, revokedUntil: until, auditBefore: before)
                    guard let family = families.only else { return swept }
                    _ = try await base.end(
                        Ending(
                            .rememberedLogin(family), reason: .absoluteTimeout, at: now, revokedUntil: until,
                            by: .authority))
                    return swept
                }
            }
        ]
    ) { scenario in
        let subject = try scenario.subject()
        let old = try require(
            try await scenario.open(subject, remember: true).remembered, "the session is opened with a remembered login"
        )
        let now = old.expiresAt
        let young = try require(
            try await scenario.open(subject, at: now - .seconds(60), remember: true).remembered,
            "the session is opened with a remembered login")
        while try await scenario.sweep(at: now) > 0 {}
        let gone = try await scenario.store.rememberedLogin(family: old.familyHash, at: scenario.start)
        try expect(gone == nil, "it is known at an earlier moment after it was swept")
        let kept = try await scenario.store.rememberedLogin(family: young.familyHash, at: now)
        try expect(kept != nil, "one that has time left was swept")
        let ended = try await scenario.end(.subject(subject, except: nil), at: now)
        try expectEqual(ended, Ended(sessions: 1, rememberedLogins: 1, seq: 2), "what is left to end")
    }

    static let remains = StoreCheck(
        "what an ending has left is swept without another word",
        catches: [
            .init("writes a record for each row that it takes") { store in
                store.onLog = { base, after, limit throws(AuthorityError) in
                    let log = try await base.log(after: after, limit: limit)
                    guard let last = log.last, last.revocation.seq == (try await base.head()) else { return log }
                    var more = last
                    more.revocation.seq += 1
                    more.revocation.target = .session(Identifier(high: 1, low: 1))
                    return log + [more]
                }
                store.onSweep = { base, now, until, before throws(AuthorityError) in
                    let swept = try await base.sweep(at: now, revokedUntil: until, auditBefore: before)
                    if swept > 0 {
                        _ = try await base.end(
                            Ending(
                                .token(Identifier(high: 7, low: 7), of: Identifier(high: 7, low: 8)),
                                reason: .idleTimeout, at: now, revokedUntil: until, by: .authority))
                    }
                    return swept
                }
            }
        ]
    ) { scenario in
        let subject = try scenario.subject()
        let kept = try await scenario.open(subject, remember: true)
        for _ in 0..<3 { _ = try await scenario.open(subject, remember: true) }
        try await scenario.end(.subject(subject, except: kept.id))
        let events = try await scenario.events().count
        while try await scenario.sweep(at: scenario.start) > 0 {}
        try expect(try await scenario.isLive(kept), "the kept session was swept")
        try expectEqual(try await scenario.store.head(), 1, "the head after sweeping what a subject's ending left")

        try await scenario.end(.everyone)
        let new = try await scenario.open(subject, remember: true)
        while try await scenario.sweep(at: scenario.start) > 0 {}
        try expect(try await scenario.isLive(new), "a new session was swept")
        try expectEqual(try await scenario.store.head(), 2, "the head after sweeping what everyone's ending left")
        try expectEqual(try await scenario.events().count, events + 3, "the lines of the audit trail")
        let ended = try await scenario.end(.subject(subject, except: nil))
        try expectEqual(ended, Ended(sessions: 1, rememberedLogins: 1, seq: 3), "what is left to end")
    }

    static let trail = StoreCheck(
        "records and events go when their time is over, and no sooner",
        catches: [
            .init("keeps the log for ever") { store in
                let held = Remembering<[LoggedRevocation]>()
                store.onLog = { base, after, limit throws(AuthorityError) in
                    let log = try await base.log(after: after, limit: limit)
                    if held.only == nil { held.only = log }
                    return log.isEmpty && after == 0 ? held.only ?? [] : log
                }
            },
            .init("starts again from one when the log is empty") { store in
                store.onEnd = { base, ending throws(AuthorityError) in
                    let isEmpty = try await base.log(after: 0, limit: 1).isEmpty
                    var ended = try await base.end(ending)
                    if isEmpty { ended.seq = 1 }
                    return ended
                }
            },
        ]
    ) { scenario in
        let first = try await scenario.open(scenario.subject())
        try await scenario.end(first)
        let until = scenario.start + Scenario.hour
        _ = try await scenario.sweep(at: until - .milliseconds(1))
        try expectEqual(try await scenario.log().count, 1, "the records a millisecond before they may go")
        while try await scenario.sweep(at: until) > 0 {}
        try expectEqual(try await scenario.log(), [], "the records when they may go")
        try expectEqual(try await scenario.store.head(), 1, "the head of a log that was swept")

        try expectEqual(try await scenario.events().count, 2, "the events before they may go")
        while try await scenario.sweep(at: until, auditBefore: scenario.start + .milliseconds(1)) > 0 {}
        try expectEqual(try await scenario.events(), [], "the events when they may go")

        let second = try await scenario.open(scenario.subject(), at: until)
        let ended = try await scenario.end(second, at: until)
        try expectEqual(ended.seq, 2, "the number after a log that was swept")
        try expect((try await scenario.events().first?.number ?? 0) > 2, "the trail uses a number again")
    }
}
