import Exeunt
import Settlement

/// Remembered logins: resumed once a token, ended with what they opened.
enum RememberChecks {
    static let all = [resumes, grace, reuse, refusals, ending]

    static let resumes = StoreCheck(
        "a remembered login opens a session as of its sign-in, with a new token each time",
        catches: [
            .init("takes a resumption for a proof of identity") { store in
                store.onResume = { base, resumption throws(AuthorityError) in
                    let outcome = try await base.resume(resumption)
                    guard case .rotated(var session, let generation) = outcome else { return outcome }
                    session.authenticatedAt = resumption.opening.at
                    return .rotated(session, generation: generation)
                }
            },
            .init("gives the same token again") { store in
                store.onResume = { base, resumption throws(AuthorityError) in
                    let outcome = try await base.resume(resumption)
                    guard case .rotated(let session, _) = outcome else { return outcome }
                    return .rotated(session, generation: resumption.generation)
                }
            },
        ]
    ) { scenario in
        let opened = try await scenario.open(scenario.subject(), remember: true)
        let login = try require(opened.remembered, "the session is opened with a remembered login")
        try expectEqual(opened.session.rememberedLogin, login.id, "the remembered login of the first session")
        for generation: UInt32 in 0..<3 {
            let at = scenario.start + Scenario.day * (Int(generation) + 1)
            let outcome = try await scenario.resume(login, generation: generation, at: at)
            guard case .rotated(let session, let next) = outcome else {
                throw Broken(promise: "", detail: "a resumption got \(outcome)")
            }
            try expectEqual(next, generation + 1, "the generation of the token that it gives")
            try expectEqual(session.subject, opened.session.subject, "whose session it is")
            try expectEqual(session.authenticatedAt, scenario.start, "when the person proved who they are")
            try expectEqual(session.createdAt, at, "when it was opened")
            try expectEqual(session.rememberedLogin, login.id, "the remembered login of a resumed session")
            try expectEqual(try await scenario.store.session(session.id, at: at), session, "the session, read again")
            let known = try require(
                try await scenario.store.rememberedLogin(family: login.familyHash, at: at), "the login is not known")
            try expectEqual(known.generation, next, "the generation that is known")
            try expectEqual(known.subject, opened.session.subject, "whose login is known")
            try expectEqual(known.expiresAt, login.expiresAt, "when it expires: use does not move that")
        }
        try expectEqual(try await scenario.events(.rememberOpened).count, 1, "remembered logins in the audit trail")
        try expectEqual(try await scenario.events(.rememberResumed).count, 3, "resumptions in the audit trail")
        try expectEqual(try await scenario.events(.sessionOpened).count, 4, "openings in the audit trail")
        try expectEqual(
            try await scenario.resume(login, generation: 3, at: login.expiresAt), .refused, "a resumption at its expiry"
        )
    }

    static let grace = StoreCheck(
        "a resumption whose answer was lost gets the very session that it opened",
        catches: [
            .init("opens another session") { store in
                store.onResume = { base, resumption throws(AuthorityError) in
                    let login = try await base.rememberedLogin(family: resumption.familyHash, at: resumption.opening.at)
                    guard let login, login.generation == resumption.generation + 1 else {
                        return try await base.resume(resumption)
                    }
                    var again = resumption
                    again.generation = login.generation
                    again.opening.handleHash = SecretHash(of: resumption.opening.id.bytes)
                    guard case .rotated(let session, _) = try await base.resume(again) else { return .refused }
                    return .rotated(session, generation: login.generation)
                }
            }
        ]
    ) { scenario in
        let subject = try scenario.subject()
        let opened = try await scenario.open(subject, remember: true)
        let login = try require(opened.remembered, "the session is opened with a remembered login")
        let handle = scenario.hash()
        var outcomes = try await scenario.atOnce(8) { _ in
            try await scenario.resume(login, generation: 0, handle: handle)
        }
        outcomes.append(try await scenario.resume(login, generation: 0, handle: handle))
        var sessions: Set<Identifier> = []
        for outcome in outcomes {
            guard case .rotated(let session, 1) = outcome else {
                throw Broken(promise: "", detail: "one of those with the token got \(outcome)")
            }
            sessions.insert(session.id)
        }
        try expectEqual(sessions.count, 1, "the sessions that one token opened")
        try expectEqual(try await scenario.sessions(of: subject).count, 2, "the sessions of the subject")

        let resumed = try require(sessions.first, "no session was opened")
        try await scenario.end(.session(resumed, owner: subject))
        let after = try await scenario.resume(login, generation: 0, handle: handle)
        try expectEqual(after, .refused, "the same again after that session was signed out")
    }

    static let reuse = StoreCheck(
        "a remember-me token used again ends all that its subject has",
        catches: [
            .init("only refuses it") { store in
                store.onResume = { base, resumption throws(AuthorityError) in
                    let login = try await base.rememberedLogin(family: resumption.familyHash, at: resumption.opening.at)
                    guard let login, resumption.generation < login.generation else {
                        return try await base.resume(resumption)
                    }
                    return .reused(Ended(sessions: 3, rememberedLogins: 2, seq: 1))
                }
            }
        ]
    ) { scenario in
        let subject = try scenario.subject()
        let opened = try await scenario.open(subject, remember: true)
        let other = try await scenario.open(subject, remember: true)
        let bystander = try await scenario.open(scenario.subject("grace"), remember: true)
        let login = try require(opened.remembered, "the session is opened with a remembered login")
        _ = try await scenario.resume(login, generation: 0)
        let outcome = try await scenario.resume(login, generation: 0, at: scenario.start + Scenario.grace)
        guard case .reused(let ended) = outcome else { throw Broken(promise: "", detail: "reuse got \(outcome)") }
        try expectEqual(ended, Ended(sessions: 3, rememberedLogins: 2, seq: 1), "what reuse ended")
        try await scenario.expectOver(opened, after: "reuse")
        try await scenario.expectOver(other, after: "reuse of another login")
        try expectEqual(try await scenario.sessions(of: subject), [], "the subject's sessions after reuse")
        try expect(try await scenario.isLive(bystander), "another subject's session ended with it")
        try expectEqual(try await scenario.log().map(\.reason), [.rememberReuse], "the reasons in the log")
        try expectEqual(try await scenario.events(.rememberReuse).map(\.subject), [subject.name], "reuse in the trail")
    }

    static let refusals = StoreCheck(
        "a remember-me token is nothing for another client, another family or a generation to come",
        catches: [
            .init("does not look at the client") { store in
                store.onResume = { base, resumption throws(AuthorityError) in
                    var resumption = resumption
                    resumption.opening.clientID = Scenario.client
                    return try await base.resume(resumption)
                }
            }
        ]
    ) { scenario in
        let opened = try await scenario.open(scenario.subject(), remember: true)
        let login = try require(opened.remembered, "the session is opened with a remembered login")
        var stranger = login
        stranger.familyHash = scenario.hash()
        let outcomes = [
            ("another client's", try await scenario.resume(login, generation: 0, client: "other")),
            ("an unknown family's", try await scenario.resume(stranger, generation: 0)),
            ("a coming generation's", try await scenario.resume(login, generation: 1)),
        ]
        for (what, outcome) in outcomes { try expectEqual(outcome, .refused, "the answer to \(what) token") }
        let held = try await scenario.store.rememberedLogin(family: login.familyHash, at: scenario.start)
        try expectEqual(held?.generation, 0, "the generation afterwards")
        try expectEqual(
            try await scenario.sessions(of: opened.session.subject).count, 1, "the sessions afterwards")
    }

    static let ending = StoreCheck(
        "a remembered login ends with every session that it opened",
        catches: [
            .init("leaves the sessions that it opened") { store in
                store.onEnd = { base, ending throws(AuthorityError) in
                    guard case .rememberedLogin = ending.target else { return try await base.end(ending) }
                    return Ended(rememberedLogins: 1, seq: 1)
                }
            }
        ]
    ) { scenario in
        let subject = try scenario.subject()
        let opened = try await scenario.open(subject, remember: true)
        let other = try await scenario.open(subject, remember: true)
        let login = try require(opened.remembered, "the session is opened with a remembered login")
        guard case .rotated(let resumed, _) = try await scenario.resume(login, generation: 0) else {
            throw Broken(promise: "", detail: "the login cannot be resumed")
        }
        let ended = try await scenario.end(.rememberedLogin(login.familyHash))
        try expectEqual(ended, Ended(sessions: 2, rememberedLogins: 1, seq: 2), "what it ended")
        try await scenario.expectOver(opened, after: "its remembered login's end")
        try expect(try await scenario.store.session(resumed.id, at: scenario.start) == nil, "a resumed session is live")
        try expect(try await scenario.isLive(other), "a session of another login ended with it")
        let recorded = Set(try await scenario.log().map(\.revocation.target))
        try expectEqual(recorded, [.session(opened.id), .session(resumed.id)], "the log")
        try expectEqual(try await scenario.events(.rememberEnded).count, 1, "the login's end in the audit trail")
        try expectEqual(
            try await scenario.end(.rememberedLogin(login.familyHash)), .nothing, "the same once more")
    }
}
