import Exeunt
import Settlement

/// What a session is when it opens, and when it does not.
enum OpeningChecks {
    static let all = [faithful, refuse, endOldest, resumedRoom, roomByHalves, disabled]

    static let faithful = StoreCheck(
        "a session is read back as it was opened, by whichever name",
        catches: [
            .init("loses the device") { store in
                store.onHandle = { base, handle, now throws(AuthorityError) in
                    var session = try await base.session(handle: handle, at: now)
                    session?.device = Device()
                    return session
                }
            },
            .init("writes no event") { store in
                store.onEvents = { _, _ in [] }
            },
        ]
    ) { scenario in
        var opening = try scenario.opening(scenario.subject("Ædh 'x'; -- 日本"), remember: true)
        opening.device = Device(userAgent: "M\u{F6}zilla \"5.0\" <b>", address: "2001:db8::1", label: "O'Brien's 📱")
        opening.upstream = Session.Upstream(issuer: "https://idp.example", session: "upstream-1")
        opening.authenticatedAt = scenario.start - .seconds(40)
        let plain = try scenario.opening(scenario.subject())
        for opening in [opening, plain] {
            let opened = try await scenario.open(opening)
            let session = opened.session
            try expectEqual(
                session,
                Session(
                    id: opening.id, subject: opening.subject, version: session.version, epoch: session.epoch,
                    clientID: opening.clientID, device: opening.device, createdAt: opening.at, lastActiveAt: opening.at,
                    authenticatedAt: opening.authenticatedAt, idleEnd: opening.idleEnd,
                    absoluteEnd: opening.absoluteEnd, rememberedLogin: opening.remembering?.id,
                    upstream: opening.upstream), "the session as opened")
            let (store, now) = (scenario.store, scenario.start)
            try expectEqual(try await store.session(handle: opened.handle, at: now), session, "by its handle")
            try expectEqual(try await store.session(opened.id, at: now), session, "by its id")
            let byFamily = try await store.session(refreshFamily: opened.family, at: now)
            try expectEqual(byFamily?.session, session, "by its refresh token")
            try expectEqual(byFamily?.generation, 0, "the generation of a new refresh token")
            let byToken = try await store.session(of: opened.token(scenario.identifier()), at: now)
            try expectEqual(byToken, session, "by its access token")
            try expectEqual(try await scenario.sessions(of: opening.subject), [session], "in the list")
        }
        let events = try await scenario.events(.sessionOpened)
        try expectEqual(events.map(\.session), [opening.id, plain.id], "the openings in the audit trail")
        try expectEqual(events.map(\.by), [scenario.by, scenario.by], "who opened them")
    }

    private static let unlimited = StoreCheck.WrongStore("does not count") { store in
        store.onOpen = { base, opening throws(AuthorityError) in
            var opening = opening
            opening.limit = nil
            return try await base.open(opening)
        }
    }

    static let refuse = StoreCheck(
        "a limit that refuses admits as many sessions as it says, however they crowd", catches: [unlimited]
    ) { scenario in
        let subject = try scenario.subject()
        @Sendable func opening(at: Timestamp = Scenario.start) -> Opening {
            var opening = scenario.opening(subject, at: at)
            opening.limit = ConcurrencyLimit(sessions: 3, whenFull: .refuse)
            return opening
        }
        let admitted = try await scenario.atOnce(12) { _ in
            do {
                return try await scenario.open(opening())
            } catch AuthorityError.tooManySessions {
                return nil as Opened?
            }
        }.compactMap { $0 }
        try expectEqual(admitted.count, 3, "the sessions that were admitted")
        try expectEqual(try await scenario.sessions(of: subject).count, 3, "the sessions of the subject")
        let other = try await scenario.open(scenario.subject("grace"))
        try expect(try await scenario.isLive(other), "another subject is refused")

        // Whoever is gone, by an ending or by time, makes room.
        try await scenario.end(try require(admitted.first, "sessions were admitted"))
        _ = try await scenario.open(opening())
        let later = scenario.start + Scenario.hour
        for _ in 0..<3 { _ = try await scenario.open(opening(at: later)) }
        try expectEqual(try await scenario.sessions(of: subject, at: later).count, 3, "the sessions an hour later")
    }

    static let endOldest = StoreCheck(
        "a limit that makes room ends the least recently active session, and says so",
        catches: [
            unlimited,
            .init("ends the newest instead") { store in
                store.onOpen = { base, opening throws(AuthorityError) in
                    guard let limit = opening.limit else { return try await base.open(opening) }
                    let page = try await base.sessions(of: opening.subject, after: nil, limit: 100, at: opening.at)
                    if page.sessions.count >= limit.sessions, let newest = page.sessions.first {
                        _ = try await base.end(
                            Ending(
                                .session(newest.id, owner: nil), reason: .sessionLimit, at: opening.at,
                                revokedUntil: opening.revokedUntil, by: .authority))
                    }
                    return try await base.open(opening)
                }
            },
        ]
    ) { scenario in
        let subject = try scenario.subject()
        var opened: [Opened] = []
        for index in 0..<3 {
            var opening = scenario.opening(subject, remember: true)
            opening.limit = ConcurrencyLimit(sessions: 3, whenFull: .endOldest)
            opened.append(try await scenario.open(opening))
            try expectEqual(try await scenario.store.head(), 0, "the log's head while there is room, at \(index)")
        }
        // The first is the most recently active now, and the second the least.
        for (index, seconds) in [(0, 300), (2, 200), (1, 100)] {
            let at = scenario.start + .seconds(seconds)
            _ = try await scenario.store.extend(opened[index].id, lastActiveAt: at, idleEnd: at + Scenario.hour)
        }
        var opening = scenario.opening(subject, at: scenario.start + .seconds(400))
        opening.limit = ConcurrencyLimit(sessions: 3, whenFull: .endOldest)
        opened.append(try await scenario.open(opening))
        try await scenario.expectOver(opened[1], after: "a session too many")
        for index in [0, 2, 3] { try expect(try await scenario.isLive(opened[index]), "session \(index) is over") }
        let record = try await scenario.log()
        try expectEqual(record.map(\.revocation.target), [.session(opened[1].id)], "the log")
        try expectEqual(record.map(\.reason), [.sessionLimit], "the reason in the log")
        let event = try await scenario.events(.sessionEnded)
        try expectEqual(event.map(\.by.actor), [.authority], "who ended it, in the audit trail")
        let login = try require(opened[1].remembered, "the session is opened with a remembered login")
        try expectEqual(try await scenario.resume(login, generation: 0), .refused, "a resumption of the displaced")

        // A tighter limit takes effect at the next opening.
        opening = scenario.opening(subject, at: scenario.start + .seconds(500))
        opening.limit = ConcurrencyLimit(sessions: 1, whenFull: .endOldest)
        let last = try await scenario.open(opening)
        try expectEqual(
            try await scenario.sessions(of: subject).map(\.id), [last.id], "the sessions under a limit of one")
    }

    static let resumedRoom = StoreCheck(
        "a remembered login resumes again and again under a limit of one session",
        catches: [
            .init("ends the remembered login with the session that it displaces") { store in
                store.onResume = { base, resumption throws(AuthorityError) in
                    let outcome = try await base.resume(resumption)
                    _ = try await base.end(
                        Ending(
                            .rememberedLogin(resumption.familyHash), reason: .sessionLimit, at: resumption.opening.at,
                            revokedUntil: resumption.opening.revokedUntil, by: .authority))
                    return outcome
                }
            }
        ]
    ) { scenario in
        let subject = try scenario.subject()
        let opened = try await scenario.open(subject, remember: true)
        let login = try require(opened.remembered, "the session is opened with a remembered login")
        for generation: UInt32 in 0..<3 {
            let outcome = try await scenario.resume(
                login, generation: generation, limit: ConcurrencyLimit(sessions: 1, whenFull: .endOldest))
            guard case .rotated(let session, _) = outcome else {
                throw Broken(promise: "", detail: "resumption \(generation) got \(outcome)")
            }
            try expectEqual(try await scenario.sessions(of: subject).map(\.id), [session.id], "the subject's sessions")
        }
        do {
            let outcome = try await scenario.resume(
                login, generation: 3, limit: ConcurrencyLimit(sessions: 1, whenFull: .refuse))
            throw Broken(promise: "", detail: "a resumption over the limit got \(outcome)")
        } catch AuthorityError.tooManySessions {}
        let known = try await scenario.store.rememberedLogin(family: login.familyHash, at: scenario.start)
        try expectEqual(known?.generation, 3, "the generation after a resumption that was refused")
    }

    static let roomByHalves = StoreCheck(
        "an opening that is refused has ended nothing",
        catches: [
            .init("ends what is to be replaced before it looks at the limit") { store in
                store.onOpen = { base, opening throws(AuthorityError) in
                    if let handle = opening.replacing, let old = try await base.session(handle: handle, at: opening.at)
                    {
                        _ = try await base.end(
                            Ending(
                                .session(old.id, owner: nil), reason: .signedOut, at: opening.at,
                                revokedUntil: opening.revokedUntil, by: opening.by))
                    }
                    return try await base.open(opening)
                }
            }
        ]
    ) { scenario in
        let subject = try scenario.subject()
        let own = try await scenario.open(subject)
        let old = try await scenario.open(scenario.subject("grace"))
        var opening = scenario.opening(subject)
        opening.limit = ConcurrencyLimit(sessions: 1, whenFull: .refuse)
        opening.replacing = old.handle
        do {
            _ = try await scenario.open(opening)
            throw Broken(promise: "", detail: "the limit refuses nothing")
        } catch AuthorityError.tooManySessions {}
        try expect(try await scenario.isLive(old), "the session that was to be replaced is over")
        try expectEqual(try await scenario.store.head(), 0, "the log's head")

        // One's own session that is replaced makes the room.
        opening.replacing = own.handle
        let new = try await scenario.open(opening)
        try expectEqual(try await scenario.sessions(of: subject).map(\.id), [new.id], "the subject's sessions")
    }

    static let disabled = StoreCheck(
        "a disabled account opens no session",
        catches: [
            .init("does not look at the account") { store in
                store.onEnd = { base, ending throws(AuthorityError) in
                    var ending = ending
                    ending.accountChange = nil
                    return try await base.end(ending)
                }
            }
        ]
    ) { scenario in
        let subject = try scenario.subject()
        try await scenario.store.add(
            Account(
                subject: subject, email: "ada@example.test", passwordHash: "hash", disabled: false,
                createdAt: scenario.start))
        _ = try await scenario.open(subject)
        var ending = scenario.ending(.subject(subject, except: nil), because: .accountDisabled)
        ending.accountChange = .disable(subject)
        _ = try await scenario.store.end(ending)
        do {
            _ = try await scenario.open(subject)
            throw Broken(promise: "", detail: "a session was opened")
        } catch AuthorityError.invalidCredential {}
        try expectEqual(try await scenario.sessions(of: subject), [], "its sessions")
    }
}
