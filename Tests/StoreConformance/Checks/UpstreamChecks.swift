import Exeunt
import Settlement

/// What other providers say, and what it ends here.
enum UpstreamChecks {
    static let all = [providers, heard, ending, remembered, overtaken, race]

    static let providers = StoreCheck(
        "a provider is added once, read back as it was, and removed",
        catches: [
            .init("replaces a provider of the same issuer") { store in
                store.onAddProvider = { base, provider, by throws(AuthorityError) in
                    _ = try await base.removeProvider(provider.issuer, at: provider.createdAt, by: by)
                    try await base.add(provider, by: by)
                }
            }
        ]
    ) { scenario in
        let full = Provider(
            issuer: Scenario.issuer, audience: "us", jwksURI: "https://login.example.test/keys", requiresType: false,
            hasFrontChannel: true, pushTokenHash: scenario.hash(), pollEndpoint: "https://login.example.test/poll",
            sealedPollToken: [4, 5], createdAt: scenario.start)
        let bare = Provider(issuer: "https://b.example.test", audience: "us", createdAt: scenario.start + .seconds(1))
        for provider in [full, bare] { try await scenario.store.add(provider, by: scenario.by) }
        try expectEqual(try await scenario.store.providers(), [full, bare], "the providers")
        try expectEqual(try await scenario.store.provider(Scenario.issuer), full, "a provider")
        try expectEqual(try await scenario.store.provider(Scenario.issuer + "/"), nil, "one of another name")
        do {
            var other = full
            other.audience = "them"
            try await scenario.store.add(other, by: scenario.by)
            throw Broken(promise: "", detail: "an issuer was given twice")
        } catch AuthorityError.alreadyExists {}
        for wanted in [true, false] {
            let isGone = try await scenario.store.removeProvider(full.issuer, at: scenario.start, by: scenario.by)
            try expectEqual(isGone, wanted, "whether there was a provider to remove")
        }
        try expectEqual(try await scenario.store.providers(), [bare], "the providers that are left")
        let events = try await scenario.events()
        try expectEqual(events.map(\.kind), [.providerAdded, .providerAdded, .providerRemoved], "the trail")
        try expectEqual(events.map(\.reason), [full.issuer, bare.issuer, full.issuer], "the providers in the trail")
    }

    static let heard = StoreCheck(
        "what has been heard is remembered for as long as was asked, the longest of it",
        catches: [
            .init("forgets") { store in
                store.onHasHeard = { _, _ throws(AuthorityError) in false }
            },
            .init("remembers for ever") { store in
                let known = Remembering<Bool>()
                store.onHasHeard = { base, what throws(AuthorityError) in
                    let name = Identifier(
                        high: what.hash.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }, low: 0)
                    if try await base.hasHeard(what) { known[name] = true }
                    return known[name] ?? false
                }
            },
        ]
    ) { scenario in
        let store = scenario.store
        let (one, other) = (Heard(token: "a", of: Scenario.issuer), Heard(endOf: "a", of: Scenario.issuer))
        try await store.note(one, until: scenario.start + .seconds(60))
        try await store.note(one, until: scenario.start + .seconds(30))
        try expect(try await store.hasHeard(one), "it is not remembered")
        try expect(!(try await store.hasHeard(other)), "something else is remembered")
        try await scenario.sweepAll(at: scenario.start + .seconds(59))
        try expect(try await store.hasHeard(one), "it is not remembered for long enough")
        try await scenario.sweepAll(at: scenario.start + .seconds(60))
        try expect(!(try await store.hasHeard(one)), "it is remembered for too long")
        try await store.note(one, until: scenario.start + .seconds(90))
        try expect(try await store.hasHeard(one), "it is not remembered anew")
    }

    static let ending = StoreCheck(
        "a provider's sign-out ends the sessions of its session or subject, or of both, with their remembered logins",
        catches: [
            .init("takes either for both") { store in
                store.onEnd = { base, ending throws(AuthorityError) in
                    guard case .upstream(let issuer, .some, let subject?) = ending.target else {
                        return try await base.end(ending)
                    }
                    var other = ending
                    other.target = .upstream(issuer: issuer, session: nil, subject: subject)
                    return try await base.end(other)
                }
            },
            .init("takes one provider for another") { store in
                store.onOpen = { base, opening throws(AuthorityError) in
                    var opening = opening
                    opening.upstream?.issuer = Scenario.issuer
                    return try await base.open(opening)
                }
            },
            .init("ends none") { store in
                store.onEnd = { base, ending throws(AuthorityError) in
                    if case .upstream = ending.target { return .nothing }
                    return try await base.end(ending)
                }
            },
        ]
    ) { scenario in
        let (ada, bob) = (try scenario.subject(), try scenario.subject("bob"))
        let opened = [
            try await scenario.open(scenario.opening(ada, upstream: "one", "ada", remember: true)),
            try await scenario.open(scenario.opening(ada, upstream: "one", "ada")),
            try await scenario.open(scenario.opening(ada, upstream: "two", "ada")),
            try await scenario.open(scenario.opening(bob, upstream: "two", "bob")),
            try await scenario.open(scenario.opening(bob, upstream: nil, "bob")),
            try await scenario.open(scenario.opening(bob, upstream: "one", "ada", issuer: "https://b.example.test")),
            try await scenario.open(bob),
            try await scenario.open(scenario.opening(ada, upstream: "three", "ada")),
        ]
        func expectLeft(_ wanted: [Int], after what: String) async throws {
            var left: [Int] = []
            for (index, one) in opened.enumerated() where try await scenario.isLive(one) { left.append(index) }
            try expectEqual(left, wanted, "the sessions that are left after \(what)")
        }
        func end(_ session: String?, _ subject: String?) async throws -> Ended {
            try await scenario.end(
                .upstream(issuer: Scenario.issuer, session: session, subject: subject), because: .providerLogout)
        }
        try expectEqual(try await end("none", nil), .nothing, "an ending of nothing")
        try expectEqual(try await end(nil, nil), .nothing, "an ending that names nothing")
        try await expectLeft([0, 1, 2, 3, 4, 5, 6, 7], after: "nothing")
        let first = try await end("one", nil)
        try expectEqual(first, Ended(sessions: 2, rememberedLogins: 1, seq: 2), "what ended")
        try await expectLeft([2, 3, 4, 5, 6, 7], after: "a session's end")
        let login = try require(opened[0].remembered, "no login was remembered")
        let left = try await scenario.store.rememberedLogin(family: login.familyHash, at: scenario.start)
        try expect(left == nil, "the remembered login goes on")
        try expectEqual(try await end("two", "ada").sessions, 1, "how many ended of both")
        try await expectLeft([3, 4, 5, 6, 7], after: "the end of a session of a subject")
        try expectEqual(try await end(nil, "bob").sessions, 2, "how many ended of a subject")
        try await expectLeft([5, 6, 7], after: "a subject's end")
        let events = try await scenario.events(.sessionEnded)
        try expectEqual(events.map(\.reason), Array(repeating: "provider_logout", count: 5), "the trail")
        let log = try await scenario.revocations()
        for one in opened.prefix(5) {
            try expect(log.isOver(one.token(scenario.identifier())), "a token of it goes on")
        }
    }

    static let remembered = StoreCheck(
        "a remembered login knows who vouched for it: so do the sessions that it opens, and that provider's sign-out ends it",
        catches: [
            .init("forgets who vouched for a login") { store in
                store.onOpen = { base, opening throws(AuthorityError) in
                    var blind = opening
                    if opening.remembering != nil { blind.upstream = nil }
                    var session = try await base.open(blind)
                    session.upstream = opening.upstream
                    return session
                }
            },
            .init("opens the next session as if nobody had vouched") { store in
                store.onResume = { base, resumption throws(AuthorityError) in
                    guard case .rotated(var session, let generation) = try await base.resume(resumption) else {
                        return .refused
                    }
                    session.upstream = nil
                    return .rotated(session, generation: generation)
                }
            },
        ]
    ) { scenario in
        let ada = try scenario.subject()
        let openings = ["one", "one", "two", nil].map {
            scenario.opening(ada, upstream: $0, "ada", remember: true)
        }
        var logins: [RememberedLogin] = []
        for opening in openings + [scenario.opening(ada, remember: true)] {
            logins.append(try require(try await scenario.open(opening).remembered, "no login was remembered"))
        }
        // All of their sessions are over; one of the logins has opened another since.
        let later = scenario.start + Scenario.day * 2
        try await scenario.sweepAll(at: later)
        guard case .rotated(let resumed, _) = try await scenario.resume(logins[1], generation: 0, at: later) else {
            throw Broken(promise: "", detail: "a login cannot be resumed")
        }
        try expectEqual(resumed.upstream, openings[1].upstream, "who vouched for a session that was resumed")
        let read = try await scenario.store.session(resumed.id, at: later)
        try expectEqual(read, resumed, "the session, read again")

        func end(_ session: String?, _ subject: String?, issuer: String = Scenario.issuer) async throws -> Ended {
            try await scenario.end(
                .upstream(issuer: issuer, session: session, subject: subject), because: .providerLogout, at: later)
        }
        func expectLeft(_ wanted: [Int], after what: String) async throws {
            var left: [Int] = []
            for (index, login) in logins.enumerated()
            where try await scenario.store.rememberedLogin(family: login.familyHash, at: later) != nil {
                left.append(index)
            }
            try expectEqual(left, wanted, "the logins that are left after \(what)")
        }
        try expectEqual(try await end("one", nil, issuer: "https://b.example.test"), .nothing, "another's word")
        try await expectLeft([0, 1, 2, 3, 4], after: "another provider's word")
        let first = try await end("one", nil)
        try expectEqual([first.sessions, first.rememberedLogins], [1, 2], "what a session's end has ended")
        try expect(try await scenario.store.session(resumed.id, at: later) == nil, "the resumed session goes on")
        try await expectLeft([2, 3, 4], after: "a session's end")
        try expectEqual(
            try await scenario.resume(logins[0], generation: 0, at: later), .refused, "a resumption after that")
        try expectEqual(try await end(nil, "ada"), Ended(rememberedLogins: 2), "what a subject's end has ended")
        try await expectLeft([4], after: "a subject's end")
        let trail = try await scenario.events(.rememberEnded)
        try expectEqual(trail.map(\.reason), Array(repeating: "provider_logout", count: 3), "the trail")
    }

    static let overtaken = StoreCheck(
        "a sign-in that its provider's sign-out has overtaken is refused for a day, and changes nothing",
        catches: [
            .init("opens it all the same") { store in
                store.onOpen = { base, opening throws(AuthorityError) in
                    var opening = opening
                    opening.upstream?.session = nil
                    return try await base.open(opening)
                }
            }
        ]
    ) { scenario in
        let ended = try await scenario.end(.upstream(issuer: Scenario.issuer, session: "one", subject: "ada"))
        try expectEqual(ended, .nothing, "what ended")
        try expect(
            try await scenario.store.hasHeard(Heard(endOf: "one", of: Scenario.issuer)), "the end is not remembered")
        let old = try await scenario.open(scenario.subject())
        func opening(at moment: Timestamp, _ session: String?, _ issuer: String = Scenario.issuer) -> Opening {
            var opening = scenario.opening(old.session.subject, at: moment)
            opening.upstream = Session.Upstream(issuer: issuer, session: session, subject: "ada")
            return opening
        }
        let last = scenario.start + Limits.upstreamEndMemory - .milliseconds(1)
        for moment in [scenario.start, last] {
            do {
                var refused = opening(at: moment, "one")
                refused.replacing = old.handle
                _ = try await scenario.open(refused)
                throw Broken(promise: "", detail: "it was opened")
            } catch AuthorityError.upstreamEnded {}
        }
        try expect(try await scenario.isLive(old), "what it was to take the place of is over")
        try expectEqual(try await scenario.events(.sessionOpened).count, 1, "openings in the trail")
        _ = try await scenario.open(opening(at: scenario.start, "two"))
        _ = try await scenario.open(opening(at: scenario.start, nil))
        _ = try await scenario.open(opening(at: scenario.start, "one", "https://b.example.test"))
        _ = try await scenario.open(opening(at: last + .milliseconds(1), "one"))
    }

    static let race = StoreCheck(
        "of a sign-in and its provider's sign-out at the same moment, the sign-in is refused or ended",
        catches: [
            .init("looks for sessions alone") { store in
                store.onOpen = { base, opening throws(AuthorityError) in
                    let upstream = opening.upstream
                    var blind = opening
                    blind.upstream?.session = nil
                    var session = try await base.open(blind)
                    session.upstream = upstream
                    return session
                }
            }
        ]
    ) { scenario in
        for round in 0..<min(scenario.tested.races, 300) {
            let openings = try (0..<2).map { _ in scenario.opening(try scenario.subject(), upstream: "s\(round)") }
            let lived = try await scenario.atOnce(4) { index -> Opened? in
                if index.isMultiple(of: 2) {
                    do { return try await scenario.open(openings[index / 2]) } catch AuthorityError.upstreamEnded {
                        return nil
                    }
                }
                try await scenario.end(
                    .upstream(issuer: Scenario.issuer, session: "s\(round)", subject: nil), because: .providerLogout)
                return nil
            }
            for one in lived.compactMap(\.self) { try await scenario.expectOver(one, after: "a race") }
        }
    }
}
