import Exeunt
import Settlement

/// What comes at the same moment as a sign-out.
enum RaceChecks {
    static let all = [refresh, resume, use, doubleEnding]

    /// Reads, waits, and writes back what it has read: the classic way to bring a session back.
    private static let writesBack = StoreCheck.WrongStore("looks first and writes later") { store in
        let back = Remembering<Session>()
        store.onRotate = { base, rotation throws(AuthorityError) in
            let held = try await base.session(refreshFamily: rotation.familyHash, at: rotation.at)
            await dawdle(base)
            let outcome = try await base.rotate(rotation)
            guard case .refused = outcome, let held else { return outcome }
            back[held.session.id] = held.session
            return .rotated(held.session, generation: held.generation + 1)
        }
        store.onResume = { base, resumption throws(AuthorityError) in
            let login = try await base.rememberedLogin(family: resumption.familyHash, at: resumption.opening.at)
            await dawdle(base)
            let outcome = try await base.resume(resumption)
            guard case .refused = outcome, let login else { return outcome }
            let opening = resumption.opening
            let session = try await base.open(
                Opening(
                    id: opening.id, subject: login.subject, clientID: login.clientID, device: opening.device,
                    at: opening.at, authenticatedAt: opening.at, idleEnd: opening.idleEnd,
                    absoluteEnd: opening.absoluteEnd, handleHash: opening.handleHash,
                    refreshFamilyHash: opening.refreshFamilyHash, revokedUntil: opening.revokedUntil, by: opening.by))
            return .rotated(session, generation: login.generation + 1)
        }
        store.onExtend = { base, id, activeAt, idleEnd throws(AuthorityError) in
            let held = try await base.session(id, at: activeAt)
            await dawdle(base)
            if try await base.extend(id, lastActiveAt: activeAt, idleEnd: idleEnd) { return true }
            back[id] = held
            return held != nil
        }
        store.onID = { base, id, now throws(AuthorityError) in try await base.session(id, at: now) ?? back[id] }
    }

    /// Waits until something has ended, but not for long.
    private static func dawdle(_ base: any Store) async {
        let head = try? await base.head()
        for _ in 0..<200 {
            await Task.yield()
            if let now = try? await base.head(), now != head { return }
        }
    }

    static let refresh = StoreCheck(
        "a refresh that races with a sign-out never wins",
        catches: [
            writesBack,
            .init("reports the end before it is done") { store in
                store.onEnd = { base, ending throws(AuthorityError) in
                    let head = try await base.head()
                    Task { try await base.end(ending) }
                    return Ended(sessions: 1, seq: head + 1)
                }
            },
        ]
    ) { scenario in
        var refreshed = 0
        for race in 0..<scenario.tested.races {
            let subject = try scenario.subject()
            let opened = try await scenario.open(subject)
            let target: Ending.Target =
                race % 2 == 0 ? .session(opened.id, owner: subject) : .subject(subject, except: nil)
            let outcomes = try await scenario.atOnce(5) { index in
                // The sign-out starts at another place in the queue each time.
                if index == race % 5 {
                    let ended = try await scenario.end(target)
                    try expectEqual(ended.sessions, 1, "the sessions that the sign-out ended")
                    let late = try await scenario.rotate(opened, generation: 0)
                    try expectEqual(late, .refused, "a refresh after the sign-out has answered")
                    return RotationOutcome.refused
                }
                return try await scenario.rotate(opened, generation: 0)
            }
            for outcome in outcomes {
                switch outcome {
                case .rotated(_, let generation):
                    refreshed += 1
                    try expectEqual(generation, 1, "the generation that a racing refresh got")
                case .refused: break
                case .reused: throw Broken(promise: "", detail: "a race was taken for reuse")
                }
            }
            try await scenario.expectOver(opened, after: "a race of refreshes and a sign-out")
        }
        try await expectNothingAfterTheEnd(scenario, refreshed: refreshed)
    }

    /// No refresh stands behind its session's end in the trail, and each that was answered stands in it.
    private static func expectNothingAfterTheEnd(_ scenario: Scenario, refreshed: Int) async throws {
        var ended: Set<String> = []
        var seen = 0
        for event in try await scenario.events() {
            guard let subject = event.subject else { continue }
            switch event.kind {
            case .sessionEnded, .sessionsEnded: ended.insert(subject)
            case .sessionRefreshed:
                seen += 1
                try expect(!ended.contains(subject), "a session was refreshed after its end")
            default: break
            }
        }
        try expectEqual(ended.count, scenario.tested.races, "the endings in the audit trail")
        try expectEqual(seen, refreshed, "the refreshes in the audit trail")
    }

    static let resume = StoreCheck(
        "a remembered login that races with a sign-out everywhere opens nothing that lives", catches: [writesBack]
    ) { scenario in
        for race in 0..<max(1, scenario.tested.races / 4) {
            let subject = try scenario.subject()
            let opened = try await scenario.open(subject, remember: true)
            let login = try require(opened.remembered, "the session is opened with a remembered login")
            _ = try await scenario.atOnce(4) { index in
                if index == race % 4 {
                    try await scenario.end(.subject(subject, except: nil))
                } else {
                    _ = try await scenario.resume(login, generation: 0)
                }
            }
            try expectEqual(try await scenario.sessions(of: subject), [], "the sessions after the race")
            let known = try await scenario.store.rememberedLogin(family: login.familyHash, at: scenario.start)
            try expect(known == nil, "the remembered login is known after the race")
        }
    }

    static let use = StoreCheck(
        "a request that races with a sign-out keeps nothing alive", catches: [writesBack]
    ) { scenario in
        let active = scenario.start + .seconds(90)
        for race in 0..<max(1, scenario.tested.races / 4) {
            let opened = try await scenario.open(scenario.subject())
            _ = try await scenario.atOnce(4) { index in
                if index == race % 4 {
                    try await scenario.end(opened)
                } else {
                    _ = try await scenario.store.extend(
                        opened.id, lastActiveAt: active, idleEnd: active + Scenario.hour)
                }
            }
            try await scenario.expectOver(opened, after: "a race of requests and a sign-out")
        }
    }

    static let doubleEnding = StoreCheck(
        "of sign-outs that race one ends the session and the others find nothing",
        catches: [
            .init("writes a record for each") { store in
                store.onEnd = { base, ending throws(AuthorityError) in
                    let ended = try await base.end(ending)
                    return ended == .nothing ? Ended(sessions: 1, seq: try await base.head()) : ended
                }
            }
        ]
    ) { scenario in
        for _ in 0..<max(1, scenario.tested.races / 20) {
            let before = try await scenario.store.head()
            let opened = try await scenario.open(scenario.subject())
            let ended = try await scenario.atOnce(8) { _ in try await scenario.end(opened) }
            try expectEqual(
                ended.filter { $0 != .nothing }, [Ended(sessions: 1, seq: before + 1)], "what ended something")
            try expectEqual(try await scenario.store.head(), before + 1, "the log's head after the race")
        }
    }
}
