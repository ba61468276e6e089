import Exeunt
import Settlement

/// Refresh tokens: exactly once, the grace, and what a copy brings about.
enum RotationChecks {
    static let all = [exactlyOnce, grace, reuse, refusals, activity]

    static let exactlyOnce = StoreCheck(
        "of refreshes that race with one token one advances, and all get its successor",
        catches: [
            .init("advances once for each caller") { store in
                store.onRotate = { base, rotation throws(AuthorityError) in
                    let held = try await base.session(refreshFamily: rotation.familyHash, at: rotation.at)
                    var rotation = rotation
                    rotation.generation = held?.generation ?? rotation.generation
                    return try await base.rotate(rotation)
                }
            },
            .init("answers those that come second with a lineage of their own") { store in
                store.onRotate = { base, rotation throws(AuthorityError) in
                    let held = try await base.session(refreshFamily: rotation.familyHash, at: rotation.at)
                    let outcome = try await base.rotate(rotation)
                    guard case .rotated(let session, let generation) = outcome, held?.generation != rotation.generation
                    else { return outcome }
                    return .rotated(session, generation: generation + 1)
                }
            },
            .init("refuses those that come second") { store in
                store.onRotate = { base, rotation throws(AuthorityError) in
                    var rotation = rotation
                    rotation.grace = .zero
                    return try await base.rotate(rotation)
                }
            },
        ]
    ) { scenario in
        let opened = try await scenario.open(scenario.subject())
        for generation: UInt32 in 0..<5 {
            var outcomes = try await scenario.atOnce(32) { _ in
                try await scenario.rotate(opened, generation: generation)
            }
            outcomes.append(try await scenario.rotate(opened, generation: generation))
            for outcome in outcomes {
                guard case .rotated(let session, let next) = outcome else {
                    throw Broken(promise: "", detail: "one that raced got \(outcome)")
                }
                try expectEqual(next, generation + 1, "the successor that one got")
                try expectEqual(session.id, opened.id, "the session that one got")
            }
            let held = try await scenario.store.session(refreshFamily: opened.family, at: scenario.start)
            try expectEqual(held?.generation, generation + 1, "the generation after the race")
        }
        try expect(
            try await scenario.events(.sessionRefreshed).filter { $0.session == opened.id }.count >= 5,
            "the audit trail lacks refreshes")
    }

    static let grace = StoreCheck(
        "the token before the newest gets the same successor within the grace, and no other does",
        catches: [
            .init("lets the grace last a millisecond longer") { store in
                store.onRotate = { base, rotation throws(AuthorityError) in
                    var rotation = rotation
                    if rotation.grace > .zero { rotation.grace += .milliseconds(1) }
                    return try await base.rotate(rotation)
                }
            },
            .init("has a grace when none is allowed") { store in
                store.onRotate = { base, rotation throws(AuthorityError) in
                    var rotation = rotation
                    rotation.grace = max(rotation.grace, .seconds(10))
                    return try await base.rotate(rotation)
                }
            },
            .init("counts the grace from the last repeat") { store in
                let repeated = Remembering<Timestamp>()
                store.onRotate = { base, rotation throws(AuthorityError) in
                    var rotation = rotation
                    if let last = repeated[rotation.familyHash], rotation.at.since(last) < rotation.grace {
                        rotation.grace += rotation.at.since(last)
                    }
                    repeated[rotation.familyHash] = rotation.at
                    return try await base.rotate(rotation)
                }
            },
            .init("has a grace for any old token") { store in
                store.onRotate = { base, rotation throws(AuthorityError) in
                    let held = try await base.session(refreshFamily: rotation.familyHash, at: rotation.at)
                    var rotation = rotation
                    if let current = held?.generation, rotation.generation < current {
                        rotation.generation = current - 1
                    }
                    return try await base.rotate(rotation)
                }
            },
        ]
    ) { scenario in
        let moved = scenario.start + .seconds(100)
        let last = moved + Scenario.grace - .milliseconds(1)
        func outcome(
            of generation: UInt32, at moment: Timestamp, grace: Duration = Scenario.grace
        ) async throws -> RotationOutcome {
            let opened = try await scenario.open(scenario.subject())
            _ = try await scenario.rotate(opened, generation: 0, at: scenario.start)
            _ = try await scenario.rotate(opened, generation: 1, at: moved, grace: grace)
            if moment > moved, grace > .zero {
                // Asking again does not lengthen the grace.
                _ = try await scenario.rotate(opened, generation: 1, at: moved + .seconds(5), grace: grace)
            }
            return try await scenario.rotate(opened, generation: generation, at: moment, grace: grace)
        }
        func expectRotated(_ outcome: RotationOutcome, to wanted: UInt32, _ what: String) throws {
            guard case .rotated(_, wanted) = outcome else {
                throw Broken(promise: "", detail: "\(what) got \(outcome)")
            }
        }
        func expectReused(_ outcome: RotationOutcome, _ what: String) throws {
            guard case .reused = outcome else { throw Broken(promise: "", detail: "\(what) got \(outcome)") }
        }
        try expectRotated(try await outcome(of: 1, at: moved), to: 2, "the token before, at once,")
        try expectRotated(try await outcome(of: 1, at: last), to: 2, "the token before, at the end of the grace,")
        try expectRotated(try await outcome(of: 2, at: last), to: 3, "the newest token")
        try expectReused(try await outcome(of: 1, at: moved + Scenario.grace), "the token before, after the grace,")
        try expectReused(try await outcome(of: 0, at: moved), "the token before that")
        try expectReused(try await outcome(of: 1, at: moved, grace: .zero), "the token before, without a grace,")
    }

    static let reuse = StoreCheck(
        "a refresh token used again ends what the policy says, in the same breath",
        catches: [
            .init("only refuses a token that is used again") { store in
                store.onRotate = { base, rotation throws(AuthorityError) in
                    guard let held = try await base.session(refreshFamily: rotation.familyHash, at: rotation.at),
                        held.generation > rotation.generation
                    else { return try await base.rotate(rotation) }
                    return .reused(Ended(sessions: 1, seq: 1))
                }
            },
            .init("ends one session where all should end") { store in
                store.onRotate = { base, rotation throws(AuthorityError) in
                    var rotation = rotation
                    rotation.onReuse = .endSession
                    return try await base.rotate(rotation)
                }
            },
        ]
    ) { scenario in
        for consequence in Rotation.ReuseConsequence.allCases {
            let subject = try scenario.subject()
            let opened = try await scenario.open(subject, remember: true)
            let other = try await scenario.open(subject, remember: true)
            _ = try await scenario.rotate(opened, generation: 0)
            let outcome = try await scenario.rotate(
                opened, generation: 0, at: scenario.start + .seconds(60), onReuse: consequence)
            guard case .reused(let ended) = outcome else { throw Broken(promise: "", detail: "reuse got \(outcome)") }
            try await scenario.expectOver(opened, after: "reuse")
            let all = consequence == .endAll
            try expectEqual(try await scenario.isLive(other), !all, "whether the other session is live")
            try expectEqual(ended.sessions, all ? 2 : 1, "the sessions that reuse says it ended")
            try expectEqual(ended.rememberedLogins, all ? 2 : 1, "the remembered logins that reuse says it ended")

            let record = try require(try await scenario.log().last, "the log has no record of the reuse")
            try expectEqual(record.revocation.seq, ended.seq, "the record's place in the log")
            try expectEqual(record.reason, .refreshReuse, "the record's reason")
            let isOver = try await scenario.revocations().isOver(opened.token(scenario.identifier()))
            try expect(isOver, "the log does not end its access tokens")
            let reported = try await scenario.events(.refreshReuse).last
            try expectEqual(reported?.session, opened.id, "the session of the event")
            let ending = try await scenario.events(all ? .sessionsEnded : .sessionEnded).last
            try expectEqual(ending?.subject, subject.name, "the subject of the ending's event")
            try expectEqual(ending?.reason, EndingReason.refreshReuse.rawValue, "the reason of the ending's event")
        }
    }

    static let refusals = StoreCheck(
        "a refresh token is nothing for another client, another family or a generation to come",
        catches: [
            .init("does not look at the client") { store in
                store.onRotate = { base, rotation throws(AuthorityError) in
                    var rotation = rotation
                    rotation.clientID = Scenario.client
                    return try await base.rotate(rotation)
                }
            },
            .init("takes a generation to come for the newest") { store in
                store.onRotate = { base, rotation throws(AuthorityError) in
                    let held = try await base.session(refreshFamily: rotation.familyHash, at: rotation.at)
                    var rotation = rotation
                    rotation.generation = min(rotation.generation, held?.generation ?? .max)
                    return try await base.rotate(rotation)
                }
            },
        ]
    ) { scenario in
        let opened = try await scenario.open(scenario.subject())
        _ = try await scenario.rotate(opened, generation: 0)
        var stranger = opened
        stranger.family = scenario.hash()
        let late = scenario.start + .seconds(60)
        let outcomes = [
            ("another client's newest", try await scenario.rotate(opened, generation: 1, client: "other")),
            ("another client's old", try await scenario.rotate(opened, generation: 0, at: late, client: "other")),
            ("an unknown family's", try await scenario.rotate(stranger, generation: 0)),
            ("a coming generation's", try await scenario.rotate(opened, generation: 2)),
            ("the last generation's", try await scenario.rotate(opened, generation: .max)),
        ]
        for (what, outcome) in outcomes { try expectEqual(outcome, .refused, "the answer to \(what) token") }
        let held = try await scenario.store.session(refreshFamily: opened.family, at: scenario.start)
        try expectEqual(held?.generation, 1, "the generation afterwards")
        try expectEqual(try await scenario.store.head(), 0, "the log's head afterwards")
    }

    static let activity = StoreCheck(
        "use moves a session's last activity and idle end forward, never back",
        catches: [
            .init("moves them back") { store in
                let ends = Remembering<Timestamp>()
                store.onExtend = { base, id, activeAt, idleEnd throws(AuthorityError) in
                    ends[id] = idleEnd
                    return try await base.extend(id, lastActiveAt: activeAt, idleEnd: idleEnd)
                }
                store.onID = { base, id, now throws(AuthorityError) in
                    var session = try await base.session(id, at: now)
                    if let end = ends[id] { session?.idleEnd = end }
                    return session
                }
            },
            .init("does not move them at a refresh") { store in
                store.onRotate = { base, rotation throws(AuthorityError) in
                    var rotation = rotation
                    rotation.idleTimeout = .zero
                    return try await base.rotate(rotation)
                }
            },
        ]
    ) { scenario in
        let opened = try await scenario.open(scenario.subject())
        func seen() async throws -> Session {
            try require(try await scenario.store.session(opened.id, at: scenario.start), "the session is gone")
        }
        let active = scenario.start + .seconds(600)
        let extended = try await scenario.store.extend(
            opened.id, lastActiveAt: active, idleEnd: active + Scenario.hour)
        try expect(extended, "a live session is not extended")
        for late in [active - .seconds(1), scenario.start] {
            _ = try await scenario.store.extend(opened.id, lastActiveAt: late, idleEnd: late + Scenario.hour)
            _ = try await scenario.rotate(opened, generation: 0, at: late)
            try expectEqual(try await seen().lastActiveAt, active, "the last activity after a late use")
            try expectEqual(try await seen().idleEnd, active + Scenario.hour, "the idle end after a late use")
        }
        let refreshed = active + .seconds(600)
        let outcome = try await scenario.rotate(opened, generation: 1, at: refreshed)
        guard case .rotated(let session, 2) = outcome else {
            throw Broken(promise: "", detail: "a refresh got \(outcome)")
        }
        try expectEqual(session.idleEnd, refreshed + Scenario.hour, "the idle end that a refresh answers")
        try expectEqual(try await seen(), session, "the session that a refresh answers, read again")
        try expectEqual(session.absoluteEnd, opened.session.absoluteEnd, "the absolute end after use")
    }
}
