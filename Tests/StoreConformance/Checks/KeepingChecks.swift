import Exeunt
import Settlement

/// Ending the others, and what is changed along with an ending.
enum KeepingChecks {
    static let all = [keepsOne, renewal, deadOne, accountChange, byHalves]

    static let keepsOne = StoreCheck(
        "ending the others keeps one session, its tokens and its remembered login",
        catches: [
            .init("ends the one to keep as well") { store in
                store.onEnd = { base, ending throws(AuthorityError) in
                    guard case .subject(let subject, _) = ending.target else { return try await base.end(ending) }
                    var ending = ending
                    ending.target = .subject(subject, except: nil)
                    return try await base.end(ending)
                }
            },
            .init("does not spare the kept session in the record") { store in
                store.onLog = { base, after, limit throws(AuthorityError) in
                    try await base.log(after: after, limit: limit).map { record in
                        var record = record
                        if case .subject(let name, let version, _) = record.revocation.target {
                            record.revocation.target = .subject(name, version: version, except: nil)
                        }
                        return record
                    }
                }
            },
            .init("leaves the kept session at its version") { store in
                store.onID = { base, id, now throws(AuthorityError) in
                    var session = try await base.session(id, at: now)
                    session?.version = 1
                    return session
                }
            },
        ]
    ) { scenario in
        let subject = try scenario.subject()
        let bystander = try await scenario.open(scenario.subject("grace"))
        let kept = try await scenario.open(subject, remember: true)
        var before = kept
        for round in 1...3 {
            let others = [
                try await scenario.open(subject, remember: true), try await scenario.open(subject),
            ]
            let ended = try await scenario.end(.subject(subject, except: kept.id), because: .signedOutOthers)
            try expectEqual(ended, Ended(sessions: 2, rememberedLogins: 1, seq: UInt64(round)), "what it ended")
            for other in others { try await scenario.expectOver(other, after: "the ending of the others") }
            let session = try require(
                try await scenario.store.session(kept.id, at: scenario.start), "the session to keep is over")
            try expect(session.version > before.session.version, "the kept session is at its old version")

            let token = before.token(scenario.identifier())
            let active = try await scenario.store.session(of: token, at: scenario.start)
            try expect(active != nil, "a token of the kept session is not active")
            let log = try await scenario.revocations()
            try expect(!log.isOver(token), "the log ends a token of the kept session")
            before.session = session
            try expect(!log.isOver(before.token(token.token)), "the log ends a new token of the kept session")
            for other in others {
                try expect(log.isOver(other.token(token.token)), "the log spares a token of the others")
            }
        }
        try expect(try await scenario.isLive(bystander), "another subject's session ended")
        let login = try require(kept.remembered, "the session is opened with a remembered login")
        guard case .rotated = try await scenario.resume(login, generation: 0) else {
            throw Broken(promise: "", detail: "the kept session's remembered login is over")
        }
    }

    static let renewal = StoreCheck(
        "the kept session gets its new handle in the same breath, and the old one opens nothing",
        catches: [
            .init("does not renew it") { store in
                store.onEnd = { base, ending throws(AuthorityError) in
                    var ending = ending
                    ending.renewal = nil
                    return try await base.end(ending)
                }
            },
            .init("lets the old handle go on") { store in
                let handles = Remembering<Identifier>()
                store.onOpen = { base, opening throws(AuthorityError) in
                    handles[opening.handleHash] = opening.id
                    return try await base.open(opening)
                }
                store.onHandle = { base, handle, now throws(AuthorityError) in
                    if let session = try await base.session(handle: handle, at: now) { return session }
                    guard let id = handles[handle] else { return nil }
                    return try await base.session(id, at: now)
                }
            },
        ]
    ) { scenario in
        let subject = try scenario.subject()
        let kept = try await scenario.open(subject)
        let proved = scenario.start + .seconds(30)
        var ending = scenario.ending(.subject(subject, except: kept.id), because: .passwordChanged, at: proved)
        ending.renewal = Ending.Renewal(handleHash: scenario.hash(), authenticatedAt: proved)
        let fresh = try require(ending.renewal, "the ending has a renewal").handleHash
        _ = try await scenario.store.end(ending)
        let old = try await scenario.store.session(handle: kept.handle, at: proved)
        try expect(old == nil, "the old handle opens the session")
        let session = try await scenario.store.session(handle: fresh, at: proved)
        try expectEqual(session?.id, kept.id, "what the new handle opens")
        try expectEqual(session?.authenticatedAt, proved, "when the person proved who they are")
        try expectEqual(session?.createdAt, kept.session.createdAt, "when the session was opened")
    }

    static let deadOne = StoreCheck(
        "a session that is to be kept but is over is ended with the rest",
        catches: [
            .init("spares a session that is over") { store in
                store.onLog = { base, after, limit throws(AuthorityError) in
                    try await base.log(after: after, limit: limit).map { record in
                        var record = record
                        if case .subject(let name, let version, nil) = record.revocation.target {
                            record.revocation.target = .subject(
                                name, version: version, except: Identifier(high: 1, low: 1))
                        }
                        return record
                    }
                }
            }
        ]
    ) { scenario in
        let subject = try scenario.subject()
        let ended = try await scenario.open(subject)
        try await scenario.end(ended)
        var opening = scenario.opening(subject)
        opening.idleEnd = scenario.start + .seconds(10)
        let expired = try await scenario.open(opening)
        let at = scenario.start + .seconds(10)
        for (dead, sessions) in [(expired.id, 1), (ended.id, 1), (scenario.identifier(), 1)] {
            let other = try await scenario.open(subject)
            let done = try await scenario.end(.subject(subject, except: dead), at: at)
            try expectEqual(done.sessions, sessions, "the sessions that were live and are over")
            try await scenario.expectOver(other, at: at, after: "the ending of the others")
            let record = try await scenario.log().last?.revocation.target
            guard case .subject(subject.name, _, nil) = record else {
                throw Broken(promise: "", detail: "the record is \(String(describing: record))")
            }
        }
    }

    /// Ends first and changes the account when that is done.
    private static let inTwoSteps = StoreCheck.WrongStore("changes the account in a second step") { store in
        store.onEnd = { base, ending throws(AuthorityError) in
            guard ending.accountChange != nil, case .subject(let subject, _) = ending.target else {
                return try await base.end(ending)
            }
            var first = ending
            first.accountChange = nil
            let ended = try await base.end(first)
            var second = ending
            second.target = .subject(subject, except: nil)
            _ = try await base.end(second)
            return ended
        }
    }

    static let accountChange = StoreCheck(
        "an account changes together with the sessions that its change ends",
        catches: [
            .init("forgets the account") { store in
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
                subject: subject, email: "ada@example.test", passwordHash: "old", disabled: false,
                createdAt: scenario.start))
        let changes: [(AccountChange, String)] = [
            (.password(subject, hash: "new"), "new ada@example.test false"),
            (.email(subject, email: "Ada@Example.Org"), "new ada@example.org false"),
            (.disable(subject), "new ada@example.org true"),
            (.delete(subject), "gone"),
        ]
        for (change, wanted) in changes {
            if change != .delete(subject) { _ = try await scenario.open(subject) }
            var ending = scenario.ending(.subject(subject, except: nil), because: .passwordChanged)
            ending.accountChange = change
            _ = try await scenario.store.end(ending)
            let account = try await scenario.store.account(of: subject)
            let seen = account.map { "\($0.passwordHash) \($0.email) \($0.disabled)" } ?? "gone"
            try expectEqual(seen, wanted, "the account after \(change)")
            try expectEqual(try await scenario.sessions(of: subject), [], "the sessions after \(change)")
        }
        try expectEqual(try await scenario.events(.accountChanged).count, 4, "the changes in the audit trail")
    }

    static let byHalves = StoreCheck(
        "an ending whose account change cannot be made has changed nothing, and disturbs no other",
        catches: [inTwoSteps]
    ) { scenario in
        let subject = try scenario.subject()
        for (name, owner) in [("ada", subject), ("grace", try scenario.subject("grace"))] {
            try await scenario.store.add(
                Account(
                    subject: owner, email: "\(name)@example.test", passwordHash: "old", disabled: false,
                    createdAt: scenario.start))
        }
        let opened = try await scenario.open(subject, remember: true)
        let kept = try await scenario.open(subject)
        let trail = try await scenario.events().count
        var bystanders: [Opened] = []
        for _ in 0..<20 { bystanders.append(try await scenario.open(scenario.subject("eve"))) }
        var taken = scenario.ending(.subject(subject, except: kept.id), because: .emailChanged)
        taken.accountChange = .email(subject, email: "GRACE@example.test")
        taken.renewal = Ending.Renewal(handleHash: scenario.hash(), authenticatedAt: scenario.start)

        let (ending, others) = (taken, bystanders)
        let refused = try await scenario.atOnce(40) { index in
            if index % 2 == 0 {
                try await scenario.end(others[index / 2])
                return false
            }
            do {
                _ = try await scenario.store.end(ending)
                return false
            } catch AuthorityError.alreadyExists {
                return true
            }
        }
        try expectEqual(refused.filter { $0 }.count, 20, "the changes that were refused")
        for session in [opened, kept] {
            let seen = try await scenario.store.session(handle: session.handle, at: scenario.start)
            try expectEqual(seen, session.session, "a session after a refused change")
        }
        let login = try require(opened.remembered, "the session is opened with a remembered login")
        let known = try await scenario.store.rememberedLogin(family: login.familyHash, at: scenario.start)
        try expect(known != nil, "the remembered login ended")
        let account = try await scenario.store.account(of: subject)
        try expectEqual(account?.email, "ada@example.test", "the account after a refused change")
        for other in others { try await scenario.expectOver(other, after: "a sign-out beside refused changes") }
        try expectEqual(try await scenario.log().map(\.revocation.seq), Array(1...20), "the log")
        try expectEqual(try await scenario.events().count, trail + 40, "the lines of the audit trail")
    }
}
