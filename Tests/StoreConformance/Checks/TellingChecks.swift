import Exeunt
import Settlement

/// That each session that ends is told of, once.
enum TellingChecks {
    static let all = [places, fields, silence, few]

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
}
