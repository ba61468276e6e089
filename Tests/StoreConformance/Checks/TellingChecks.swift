import Exeunt
import Settlement

/// That each session that ends is told of, once.
enum TellingChecks {
    static let all = [places, fields, silence, few, crowd, everyone, expired, removal]

    /// Everything that can end a session, each done to one session of its own; gives the session and the reason.
    private static let ways: [@Sendable (Scenario) async throws -> (Opened, EndingReason)] = [
        { scenario in
            let one = try await scenario.open(scenario.subject())
            try await scenario.end(one)
            return (one, .signedOut)
        },
        { scenario in
            let old = try await scenario.open(scenario.subject())
            var opening = scenario.opening(old.session.subject)
            opening.replacing = old.handle
            _ = try await scenario.open(opening)
            return (old, .signedOut)
        },
        { scenario in
            let old = try await scenario.open(scenario.subject())
            var opening = scenario.opening(old.session.subject)
            opening.limit = ConcurrencyLimit(sessions: 1, whenFull: .endOldest)
            _ = try await scenario.open(opening)
            return (old, .sessionLimit)
        },
        { scenario in
            let one = try await scenario.open(scenario.subject())
            for _ in 0..<2 { _ = try await scenario.rotate(one, generation: 0, grace: .zero) }
            return (one, .refreshReuse)
        },
        { scenario in
            let one = try await scenario.open(scenario.subject())
            for _ in 0..<2 { _ = try await scenario.rotate(one, generation: 0, grace: .zero, onReuse: .endAll) }
            return (one, .refreshReuse)
        },
        { scenario in
            let one = try await scenario.open(scenario.subject(), remember: true)
            let login = try require(one.remembered, "no login was remembered")
            try await scenario.end(.rememberedLogin(login.familyHash))
            return (one, .signedOut)
        },
        { scenario in
            let one = try await scenario.open(scenario.subject())
            try await scenario.end(.subject(one.session.subject, except: nil), because: .passwordReset)
            return (one, .passwordReset)
        },
        { scenario in
            let one = try await scenario.open(scenario.opening(scenario.subject(), upstream: "gone"))
            try await scenario.end(
                .upstream(issuer: Scenario.issuer, session: "gone", subject: nil), because: .providerLogout)
            return (one, .providerLogout)
        },
    ]

    static let places = StoreCheck(
        "each session that ends, in whatever way, has one place in the outbox, in the order of the endings",
        catches: [
            .init("forgets what a limit displaces") { store in
                store.onEnded = { base, after, limit throws(AuthorityError) in
                    try await base.endedSessions(after: after, limit: limit).filter { $0.reason != .sessionLimit }
                }
            },
            .init("forgets what a subject's ending ends") { store in
                store.onEnded = { base, after, limit throws(AuthorityError) in
                    try await base.endedSessions(after: after, limit: limit).filter { $0.reason != .passwordReset }
                }
            },
            .init("tells of nothing that has expired") { store in
                store.onEnded = { base, after, limit throws(AuthorityError) in
                    try await base.endedSessions(after: after, limit: limit).filter { $0.reason != .idleTimeout }
                }
            },
            .init("gives the newest first") { store in
                store.onEnded = { base, after, limit throws(AuthorityError) in
                    try await base.endedSessions(after: after, limit: limit).reversed()
                }
            },
        ]
    ) { scenario in
        try await scenario.listen()
        var wanted: [(Opened, EndingReason)] = []
        for way in ways { wanted.append(try await way(scenario)) }
        for ended in wanted { try await scenario.expectOver(ended.0, after: ended.1.rawValue) }
        let seen = try await scenario.outbox()
        try expectEqual(seen.map(\.reason), wanted.map(\.1), "why the sessions in the outbox ended")
        try expectEqual(seen.map(\.session), wanted.map { $0.0.id }, "the sessions in the outbox")
        try expectEqual(seen.map(\.number), Array(1...UInt64(seen.count)), "the places")

        let idle = try await scenario.open(scenario.subject(), at: scenario.start + .seconds(60))
        let later = scenario.start + Scenario.day
        try await scenario.sweepAll(at: later)
        let all = try await scenario.outbox()
        let ofIdle = all.filter { $0.session == idle.id }
        try expectEqual(ofIdle.map(\.reason), [.idleTimeout], "what is told of a session that idled out")
        try expectEqual(all.map(\.session).count, Set(all.map(\.session)).count, "sessions, and those told of")
        try expectEqual(try await scenario.store.outboxHead(), UInt64(all.count), "the outbox's newest place")
    }

    static let fields = StoreCheck(
        "what is told of a session says whose it was, who opened it, who vouched for it, and when and why it ended",
        catches: [
            .init("forgets who vouched for the person") { store in
                store.onEnded = { base, after, limit throws(AuthorityError) in
                    try await base.endedSessions(after: after, limit: limit).map {
                        var ended = $0
                        ended.upstream = nil
                        return ended
                    }
                }
            }
        ]
    ) { scenario in
        try await scenario.listen()
        for crowded in [false, true] {
            let before = try await scenario.store.outboxHead()
            var opening = scenario.opening(try scenario.subject(), upstream: "their session", "their name")
            opening.wantsStatusIndex = true
            let one = try await scenario.open(opening)
            let read = try await scenario.store.session(one.id, at: scenario.start)
            try expectEqual(read, one.session, "the session")
            try expectEqual(one.session.upstream?.subject, "their name", "the provider's name for the person")
            if crowded { try await scenario.tested.crowd(opening.subject, Limits.toldAtOnce) }
            let moment = scenario.start + .seconds(5)
            try await scenario.end(.subject(opening.subject, except: nil), because: .accountDeleted, at: moment)
            if crowded { try await scenario.sweepAll(at: moment + .seconds(60)) }
            let told = try await scenario.outbox(after: before).filter { $0.session == one.id }
            let wanted = EndedSession(
                number: told.first?.number ?? 0, session: one.id, subject: opening.subject, clientID: Scenario.client,
                upstream: opening.upstream, statusIndex: one.session.statusIndex, reason: .accountDeleted, at: moment)
            try expectEqual(told, [wanted], "what is told of it")
        }
    }

    static let silence = StoreCheck(
        "while nobody hears of it nothing gets a place, but for what has one in the status lists",
        catches: [
            .init("gives places all the same") { store in
                store.onOutboxHead = { base throws(AuthorityError) in try await base.head() }
            },
            .init("forgets the status lists") { store in
                store.onEnded = { base, after, limit throws(AuthorityError) in
                    try await base.endedSessions(after: after, limit: limit).filter { $0.statusIndex == nil }
                }
            },
        ]
    ) { scenario in
        func endSome() async throws {
            try await scenario.end(try await scenario.open(scenario.subject()))
            let ended = try await scenario.end(
                .subject(try await scenario.open(scenario.subject()).session.subject, except: nil))
            try expect(!ended.isToldLater, "somebody is to be told later")
            let crowd = try scenario.subject()
            try await scenario.tested.crowd(crowd, Limits.toldAtOnce + 1)
            let many = try await scenario.end(.subject(crowd, except: nil))
            try expect(!many.isToldLater, "somebody is to be told later of a crowd")
            try await scenario.sweepAll(at: scenario.start)
        }
        try await endSome()
        let receiver = try await scenario.listen()
        var disabled = receiver
        disabled.status = .disabled
        _ = try await scenario.store.update(disabled, at: scenario.start, by: scenario.by)
        try await endSome()
        try expectEqual(try await scenario.store.outboxHead(), 0, "the outbox's newest place")
        var opening = scenario.opening(try scenario.subject())
        opening.wantsStatusIndex = true
        let listed = try await scenario.open(opening)
        try await scenario.end(listed)
        try expectEqual(try await scenario.outbox().map(\.session), [listed.id], "what has a place")
        let other = try await scenario.open(
            {
                opening = scenario.opening(opening.subject)
                opening.wantsStatusIndex = true
                return opening
            }())
        try await scenario.end(.subject(opening.subject, except: nil))
        try expectEqual(try await scenario.outbox().map(\.session), [listed.id, other.id], "what has a place then")
    }

    static let few = StoreCheck(
        "a subject's ending gives its places with the ending itself, but for the session that is kept",
        catches: [
            .init("leaves everything to the sweeper") { store in
                store.onEnd = { base, ending throws(AuthorityError) in
                    var ended = try await base.end(ending)
                    ended.isToldLater = true
                    return ended
                }
            },
            .init("tells of the kept one, too") { store in
                store.onEnd = { base, ending throws(AuthorityError) in
                    guard case .subject(let subject, .some) = ending.target else { return try await base.end(ending) }
                    var all = ending
                    all.target = .subject(subject, except: nil)
                    return try await base.end(all)
                }
            },
        ]
    ) { scenario in
        try await scenario.listen()
        let subject = try scenario.subject()
        var opened: [Opened] = []
        for _ in 0..<Limits.toldAtOnce { opened.append(try await scenario.open(subject, remember: true)) }
        let kept = opened[5]
        let ended = try await scenario.end(.subject(subject, except: kept.id))
        try expectEqual(ended.sessions, opened.count - 1, "the sessions that were ended")
        try expect(!ended.isToldLater, "some are left to the sweeper")
        let told = try await scenario.outbox().map(\.session)
        try expectEqual(Set(told), Set(opened.map(\.id).filter { $0 != kept.id }), "the sessions that are told of")
        try expectEqual(told.count, opened.count - 1, "how many are told of")
        try await scenario.sweepAll(at: scenario.start)
        try expectEqual(
            try await scenario.outbox().map(\.session), told, "the sessions that are told of when it is swept")
        try expect(try await scenario.isLive(kept), "the kept session is over")
    }

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
