import Exeunt
import Settlement

/// Ended is terminal.
enum TerminalChecks {
    static let all = [lateVerbs, lateResume, replaced, swept, boundaries, onlyLiveListed]

    /// The ways in which one session, opened with a remembered login, can be ended on purpose.
    static let endings: [(what: String, end: @Sendable (Scenario, Opened) async throws -> Void)] = [
        ("signing out", { try await $0.end($1) }),
        ("the subject's ending", { try await $0.end(.subject($1.session.subject, except: nil)) }),
        (
            "the ending of the others",
            { scenario, opened in
                let kept = try await scenario.open(opened.session.subject)
                try await scenario.end(.subject(opened.session.subject, except: kept.id))
            }
        ),
        ("everyone's ending", { scenario, _ in try await scenario.end(.everyone) }),
        (
            "its remembered login's ending",
            { scenario, opened in
                let login = try require(opened.remembered, "the session is opened with a remembered login")
                try await scenario.end(.rememberedLogin(login.familyHash))
            }
        ),
        (
            "reuse of its refresh token",
            { scenario, opened in
                _ = try await scenario.rotate(opened, generation: 0)
                _ = try await scenario.rotate(opened, generation: 0, at: scenario.start + .seconds(60))
            }
        ),
        (
            "reuse of its remember-me token",
            { scenario, opened in
                let login = try require(opened.remembered, "the session is opened with a remembered login")
                _ = try await scenario.resume(login, generation: 0)
                _ = try await scenario.resume(login, generation: 0, at: scenario.start + .seconds(60))
            }
        ),
    ]

    static let lateVerbs = StoreCheck(
        "a session that has ended stays ended, whatever comes late",
        catches: [
            .init("brings a session back when it is extended") { store in
                let known = Remembering<Session>()
                let back = Remembering<Session>()
                store.onOpen = { base, opening throws(AuthorityError) in
                    let session = try await base.open(opening)
                    known[session.id] = session
                    return session
                }
                store.onExtend = { base, id, activeAt, idleEnd throws(AuthorityError) in
                    if try await base.extend(id, lastActiveAt: activeAt, idleEnd: idleEnd) { return true }
                    back[id] = known[id]
                    return back[id] != nil
                }
                store.onID = { base, id, now throws(AuthorityError) in try await base.session(id, at: now) ?? back[id] }
            },
            .init("keeps a session that a late ending names") { store in
                let known = Remembering<Session>()
                store.onOpen = { base, opening throws(AuthorityError) in
                    let session = try await base.open(opening)
                    known[session.id] = session
                    return session
                }
                store.onEnd = { base, ending throws(AuthorityError) in
                    if case .session(let id, _) = ending.target, try await base.session(id, at: ending.at) == nil {
                        return known[id] == nil ? .nothing : Ended(sessions: 1, seq: try await base.head())
                    }
                    return try await base.end(ending)
                }
            },
        ]
    ) { scenario in
        for (what, end) in endings {
            let opened = try await scenario.open(scenario.subject(), remember: true)
            try await end(scenario, opened)
            try await scenario.expectOver(opened, after: what)

            let extended = try await scenario.store.extend(
                opened.id, lastActiveAt: scenario.start, idleEnd: scenario.start + Scenario.day)
            try expect(!extended, "after \(what) it can be extended")
            for generation: UInt32 in 0...2 {
                let outcome = try await scenario.rotate(opened, generation: generation)
                try expectEqual(outcome, .refused, "after \(what) its refresh token of generation \(generation)")
            }
            try expectEqual(
                try await scenario.end(opened), .nothing, "after \(what) another sign-out of it")
            try await scenario.expectOver(opened, after: "\(what) and late verbs")
        }
    }

    static let lateResume = StoreCheck(
        "a remembered login that has ended resumes nothing",
        catches: [
            .init("leaves the remembered login when a session is signed out") { store in
                let logins = Remembering<Opening>()
                store.onOpen = { base, opening throws(AuthorityError) in
                    if let login = opening.remembering { logins[login.familyHash] = opening }
                    return try await base.open(opening)
                }
                store.onResume = { base, resumption throws(AuthorityError) in
                    let outcome = try await base.resume(resumption)
                    guard case .refused = outcome, var again = logins[resumption.familyHash] else { return outcome }
                    again.id = resumption.opening.id
                    again.handleHash = resumption.opening.handleHash
                    again.refreshFamilyHash = resumption.opening.refreshFamilyHash
                    again.remembering = nil
                    return .rotated(try await base.open(again), generation: 1)
                }
            }
        ]
    ) { scenario in
        for (what, end) in endings {
            let opened = try await scenario.open(scenario.subject(), remember: true)
            let login = try require(opened.remembered, "the session is opened with a remembered login")
            try await end(scenario, opened)
            let known = try await scenario.store.rememberedLogin(family: login.familyHash, at: scenario.start)
            try expect(known == nil, "after \(what) the remembered login is known")
            for generation: UInt32 in 0...2 {
                let outcome = try await scenario.resume(login, generation: generation)
                try expectEqual(outcome, .refused, "after \(what) its remember-me token of generation \(generation)")
            }
        }
    }

    static let replaced = StoreCheck(
        "a session ends when another is opened in its place",
        catches: [
            .init("leaves the session that a new one replaces") { store in
                store.onOpen = { base, opening throws(AuthorityError) in
                    var opening = opening
                    opening.replacing = nil
                    return try await base.open(opening)
                }
            }
        ]
    ) { scenario in
        let old = try await scenario.open(scenario.subject(), remember: true)
        var opening = try scenario.opening(scenario.subject("grace"))
        opening.replacing = old.handle
        let new = try await scenario.open(opening)
        try await scenario.expectOver(old, after: "its replacement")
        try expect(try await scenario.isLive(new), "the session in its place is not live")
        let recorded = try await scenario.log().map(\.revocation.target)
        try expectEqual(recorded, [.session(old.id)], "the log of a replacement")
        try expectEqual(
            try await scenario.events(.sessionEnded).map(\.session), [old.id], "the ended in the audit trail")

        opening = try scenario.opening(scenario.subject("grace"))
        opening.replacing = scenario.hash()
        let other = try await scenario.open(opening)
        try expect(try await scenario.isLive(other), "replacing a handle that opens nothing is no hindrance")
        try expectEqual(try await scenario.store.head(), 1, "the head after replacing nothing")
    }

    static let swept = StoreCheck(
        "a session whose end has passed cannot be had back",
        catches: [
            .init("extends a session past its end") { store in
                let late = Remembering<Bool>()
                store.onExtend = { base, id, activeAt, idleEnd throws(AuthorityError) in
                    if try await base.extend(id, lastActiveAt: activeAt, idleEnd: idleEnd) { return true }
                    // As if the moment were not looked at.
                    late[id] = try await base.extend(id, lastActiveAt: Scenario.start, idleEnd: idleEnd)
                    return late[id] == true
                }
            }
        ]
    ) { scenario in
        let opened = try await scenario.open(scenario.subject())
        let end = opened.session.expiresAt
        let extended = try await scenario.store.extend(opened.id, lastActiveAt: end, idleEnd: end + Scenario.hour)
        try expect(!extended, "it is extended at its end")
        try expectEqual(try await scenario.rotate(opened, generation: 0, at: end), .refused, "a refresh at its end")
        try expectEqual(try await scenario.end(opened, at: end), .nothing, "a sign-out at its end")
        try await scenario.expectOver(opened, at: end, after: "its end has passed")
        while try await scenario.sweep(at: end) > 0 {}
        try expect(!(try await scenario.isLive(opened)), "it is live at an earlier moment after it was swept")
        let late = try await scenario.store.extend(
            opened.id, lastActiveAt: scenario.start, idleEnd: end + Scenario.hour)
        try expect(!late, "it is extended after it was swept")
    }

    static let boundaries = StoreCheck(
        "a session is live until either of its ends, and at neither",
        catches: [
            .init("takes a session for live at its end") { store in
                store.onHandle = { base, handle, now throws(AuthorityError) in
                    try await base.session(handle: handle, at: now - .milliseconds(1))
                }
            },
            .init("does not look at the absolute end") { store in
                let known = Remembering<Session>()
                store.onOpen = { base, opening throws(AuthorityError) in
                    let session = try await base.open(opening)
                    known[opening.handleHash] = session
                    return session
                }
                store.onHandle = { base, handle, now throws(AuthorityError) in
                    if let session = known[handle], session.idleEnd > now { return session }
                    return try await base.session(handle: handle, at: now)
                }
            },
        ]
    ) { scenario in
        for (idle, absolute) in [(Scenario.hour, Scenario.day), (Scenario.day, Scenario.hour)] {
            var opening = try scenario.opening(scenario.subject())
            opening.idleEnd = scenario.start + idle
            opening.absoluteEnd = scenario.start + absolute
            let opened = try await scenario.open(opening)
            let end = scenario.start + Scenario.hour
            let before = try await scenario.store.session(handle: opened.handle, at: end - .milliseconds(1))
            try expect(before != nil, "it is over a millisecond before its end")
            try await scenario.expectOver(opened, at: end, after: "its end")
        }
    }

    static let onlyLiveListed = StoreCheck(
        "only live sessions are listed",
        catches: [
            .init("lists sessions past their end") { store in
                store.onList = { base, subject, after, limit, _ throws(AuthorityError) in
                    try await base.sessions(of: subject, after: after, limit: limit, at: Scenario.start)
                }
            }
        ]
    ) { scenario in
        let subject = try scenario.subject()
        var opening = scenario.opening(subject)
        opening.idleEnd = scenario.start + Scenario.day
        let long = try await scenario.open(opening)
        let short = try await scenario.open(subject)
        let signedOut = try await scenario.open(subject)
        try await scenario.end(signedOut)
        let now = short.session.expiresAt
        try expectEqual(try await scenario.sessions(of: subject, at: now).map(\.id), [long.id], "the subject's list")
        try expectEqual(try await scenario.sessions(of: nil, at: now).map(\.id), [long.id], "everyone's list")
        try await scenario.end(.everyone, at: now)
        try expectEqual(try await scenario.sessions(of: nil, at: now), [], "the list after everyone's ending")
    }
}
