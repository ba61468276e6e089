import Exeunt
import Settlement

/// What one ending does, and what it leaves.
enum EndingChecks {
    static let all = [one, owner, everyone, numbers, token, sameMoment]

    static let one = StoreCheck(
        "signing out of one session ends it and its remembered login, with a record and an event",
        catches: [
            .init("forgets the record") { store in
                store.onLog = { _, _, _ in [] }
            },
            .init("forgets the event") { store in
                store.onEvents = { base, filter throws(AuthorityError) in
                    try await base.auditEvents(filter).filter { $0.kind != .sessionEnded }
                }
            },
            .init("forgets who and why") { store in
                store.onEnd = { base, ending throws(AuthorityError) in
                    var ending = ending
                    ending.by = .authority
                    ending.reason = .signedOut
                    return try await base.end(ending)
                }
            },
            .init("ends the subject's other sessions along") { store in
                store.onEnd = { base, ending throws(AuthorityError) in
                    guard case .session(let id, _) = ending.target,
                        let session = try await base.session(id, at: ending.at)
                    else { return try await base.end(ending) }
                    let ended = try await base.end(ending)
                    for other in try await base.sessions(of: session.subject, after: nil, limit: 100, at: ending.at)
                        .sessions
                    {
                        var another = ending
                        another.target = .session(other.id, owner: nil)
                        _ = try await base.end(another)
                    }
                    return ended
                }
            },
        ]
    ) { scenario in
        let subject = try scenario.subject()
        let opened = try await scenario.open(subject, remember: true)
        let other = try await scenario.open(subject, remember: true)
        let at = scenario.start + .seconds(5)
        let ended = try await scenario.end(.session(opened.id, owner: nil), because: .endedByAdministrator, at: at)
        try expectEqual(ended, Ended(sessions: 1, rememberedLogins: 1, seq: 1), "what it ended")
        try await scenario.expectOver(opened, after: "signing out")
        try expect(try await scenario.isLive(other), "another session of the subject ended with it")
        let login = try require(other.remembered, "the session is opened with a remembered login")
        let kept = try await scenario.store.rememberedLogin(family: login.familyHash, at: at)
        try expect(kept != nil, "another remembered login ended with it")

        let record = LoggedRevocation(
            revocation: Revocation(seq: 1, target: .session(opened.id), until: (at + Scenario.hour).milliseconds),
            reason: .endedByAdministrator, at: at)
        try expectEqual(try await scenario.log(), [record], "the log")
        var event = AuditEvent(
            .sessionEnded, at: at, subject: subject.name, session: opened.id, clientID: Scenario.client,
            by: scenario.by,
            reason: "ended_by_administrator")
        let seen = try await scenario.events(.sessionEnded)
        event.number = seen.first?.number ?? 0
        try expectEqual(seen, [event], "the audit trail")
    }

    static let owner = StoreCheck(
        "another subject's session is not ended",
        catches: [
            .init("does not ask whose session it is") { store in
                store.onEnd = { base, ending throws(AuthorityError) in
                    guard case .session(let id, _) = ending.target else { return try await base.end(ending) }
                    var ending = ending
                    ending.target = .session(id, owner: nil)
                    return try await base.end(ending)
                }
            },
            .init("keeps another subject's session") { store in
                store.onEnd = { base, ending throws(AuthorityError) in
                    let ended = try await base.end(ending)
                    guard case .subject(_, let except?) = ending.target,
                        let session = try await base.session(except, at: ending.at)
                    else { return ended }
                    var again = ending
                    again.target = .subject(session.subject, except: except)
                    return try await base.end(again)
                }
            },
        ]
    ) { scenario in
        let ada = try scenario.subject("ada")
        let grace = try scenario.subject("grace")
        let hers = try await scenario.open(ada)
        let theirs = try await scenario.open(grace)
        let ended = try await scenario.end(.session(hers.id, owner: grace))
        try expectEqual(ended, .nothing, "the ending of another's session")
        try expect(try await scenario.isLive(hers), "another's session ended")
        try expectEqual(try await scenario.store.head(), 0, "the log's head after it")
        try expectEqual(try await scenario.events(.sessionEnded), [], "the audit trail after it")

        // A session of somebody else is nothing to keep.
        try await scenario.end(.subject(grace, except: hers.id))
        try await scenario.expectOver(theirs, after: "the ending of the others")
        try expect(try await scenario.isLive(hers), "another's session ended, that was named as the one to keep")
        let wanted = Revocation.Target.subject(grace.name, version: theirs.session.version + 1, except: nil)
        try expectEqual(try await scenario.log().map(\.revocation.target), [wanted], "the log")
    }

    static let everyone = StoreCheck(
        "everyone's sessions and remembered logins end at once, with one record",
        catches: [
            .init("moves no epoch on") { store in
                store.onEnd = { base, ending throws(AuthorityError) in
                    guard case .everyone = ending.target else { return try await base.end(ending) }
                    var ended = Ended()
                    for session in try await base.sessions(of: nil, after: nil, limit: 100, at: ending.at).sessions {
                        var one = ending
                        one.target = .subject(session.subject, except: nil)
                        let done = try await base.end(one)
                        ended.sessions += done.sessions
                        ended.rememberedLogins += done.rememberedLogins
                        ended.seq = done.seq
                    }
                    return ended
                }
            }
        ]
    ) { scenario in
        var opened: [Opened] = []
        for index in 0..<6 {
            opened.append(try await scenario.open(scenario.subject(), remember: index % 2 == 0))
        }
        let over = try require(opened.popLast(), "sessions were opened")
        try await scenario.end(over)
        let ended = try await scenario.end(.everyone, because: .endedByAdministrator)
        try expectEqual(ended, Ended(sessions: 5, rememberedLogins: 3, seq: 2), "what it ended")
        let epoch = UInt64(scenario.start.milliseconds)
        try expectEqual(try await scenario.log().last?.revocation.target, .all(epoch: epoch), "the record")
        for one in opened {
            try await scenario.expectOver(one, after: "everyone's ending")
            let isOver = try await scenario.revocations().isOver(one.token(scenario.identifier()))
            try expect(isOver, "the log does not end an access token")
        }
        try expectEqual(try await scenario.events(.sessionsEnded).map(\.count), [5], "the count in the audit trail")

        // Nothing is left over from the old epoch, not even a number.
        let subject = try require(opened.first, "sessions were opened").session.subject
        let new = try await scenario.open(subject)
        try expectEqual(new.session.epoch, epoch, "the epoch of a new session")
        let again = try await scenario.end(.everyone)
        try expectEqual(again, Ended(sessions: 1, rememberedLogins: 0, seq: 3), "what the next one ended")
    }

    static let numbers = StoreCheck(
        "a new epoch begins with numbers that a past which was forgotten cannot have given out",
        catches: [
            .init("counts epochs one by one") { store in
                store.onLog = { base, after, limit throws(AuthorityError) in
                    try await base.log(after: after, limit: limit).enumerated().map { index, record in
                        var record = record
                        if case .all = record.revocation.target {
                            record.revocation.target = .all(epoch: UInt64(index) + 2)
                        }
                        return record
                    }
                }
            },
            .init("counts versions one by one") { store in
                store.onOpen = { base, opening throws(AuthorityError) in
                    var session = try await base.open(opening)
                    session.version = session.version > 2 ? 2 : session.version
                    return session
                }
            },
            .init("begins a new subject at version 1") { store in
                let opened = Remembering<Bool>()
                store.onOpen = { base, opening throws(AuthorityError) in
                    var session = try await base.open(opening)
                    let key = SecretHash(of: Array(opening.subject.name.utf8))
                    if opened[key] == nil { session.version = 1 }
                    opened[key] = true
                    return session
                }
            },
        ]
    ) { scenario in
        let ada = try scenario.subject("ada")
        _ = try await scenario.open(ada)
        try await scenario.end(.everyone)
        let first = UInt64(scenario.start.milliseconds)
        let (old, new) = (try await scenario.open(ada).session, try await scenario.open(scenario.subject()).session)
        for session in [old, new] {
            try expectEqual(session.epoch, first, "the epoch of a session")
            try expect(session.version >= first, "the version of a session is \(session.version)")
        }
        // The clock is no bound where endings come faster.
        try await scenario.end(.everyone)
        try await scenario.end(.everyone, at: scenario.start + .seconds(60))
        let epochs = [first, first + 1, first + 60_000].map { Revocation.Target.all(epoch: $0) }
        try expectEqual(try await scenario.log().map(\.revocation.target), epochs, "the log")
        let last = try await scenario.open(ada, at: scenario.start + .seconds(60)).session
        try expect(last.version > old.version, "the version went from \(old.version) to \(last.version)")
    }

    static let token = StoreCheck(
        "one access token is revoked once, and its session goes on",
        catches: [
            .init("ends the session along") { store in
                store.onEnd = { base, ending throws(AuthorityError) in
                    let ended = try await base.end(ending)
                    guard case .token(_, let session) = ending.target else { return ended }
                    var another = ending
                    another.target = .session(session, owner: nil)
                    _ = try await base.end(another)
                    return ended
                }
            },
            .init("answers for a revoked token") { store in
                store.onToken = { base, token, now throws(AuthorityError) in
                    try await base.session(token.session, at: now)
                }
            },
            .init("asks nothing but whether the token was revoked") { store in
                store.onToken = { base, token, now throws(AuthorityError) in
                    let revoked = try await base.session(of: token, at: now) == nil
                    let session = try await base.session(token.session, at: now)
                    return revoked && session?.subject.name == token.subject ? nil : session
                }
            },
        ]
    ) { scenario in
        let opened = try await scenario.open(scenario.subject())
        let token = opened.token(scenario.identifier())
        let other = opened.token(scenario.identifier())
        for _ in 0..<2 {
            let ended = try await scenario.end(.token(token.token, of: opened.id), because: .revoked)
            try expectEqual(ended, Ended(sessions: 0, seq: 1), "what revoking a token ended")
        }
        try expectEqual(try await scenario.log().map(\.revocation.target), [.token(token.token)], "the log")
        try expectEqual(try await scenario.events(.tokenRevoked).map(\.session), [opened.id], "the audit trail")
        let now = scenario.start
        try expect(try await scenario.store.session(of: token, at: now) == nil, "a revoked token is active")
        try expectEqual(try await scenario.store.session(of: other, at: now), opened.session, "another of its tokens")
        try expect(try await scenario.isLive(opened), "the session ended with one token")
        var forged = other
        forged.subject = "grace"
        try expect(try await scenario.store.session(of: forged, at: now) == nil, "a token of another subject is active")
    }

    static let sameMoment = StoreCheck(
        "a session opened in the very moment after everything ended lives, and so do its tokens",
        catches: [
            .init("opens under the version that has just ended") { store in
                store.onOpen = { base, opening throws(AuthorityError) in
                    var session = try await base.open(opening)
                    session.version -= session.version > 1 ? 1 : 0
                    session.epoch -= session.epoch > 1 ? 1 : 0
                    return session
                }
            },
            .init("ends by the time of opening") { store in
                let cuts = Remembering<Timestamp>()
                store.onEnd = { base, ending throws(AuthorityError) in
                    if case .subject(let subject, _) = ending.target {
                        cuts[SecretHash(of: Array(subject.name.utf8))] = ending.at
                    }
                    return try await base.end(ending)
                }
                store.onID = { base, id, now throws(AuthorityError) in
                    guard let session = try await base.session(id, at: now) else { return nil }
                    let cut = cuts[SecretHash(of: Array(session.subject.name.utf8))]
                    return cut.map { session.createdAt <= $0 } == true ? nil : session
                }
            },
        ]
    ) { scenario in
        let subject = try scenario.subject()
        for round in 0..<4 {
            let old = try await scenario.open(subject)
            try await scenario.end(round % 2 == 0 ? .subject(subject, except: nil) : .everyone)
            let new = try await scenario.open(subject)
            try expect(try await scenario.isLive(new), "the new session is over")
            let log = try await scenario.revocations()
            try expect(!log.isOver(new.token(scenario.identifier())), "the log ends the new session's tokens")
            try expect(log.isOver(old.token(scenario.identifier())), "the log spares the old session's tokens")
        }
    }
}
