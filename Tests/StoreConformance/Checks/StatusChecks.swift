import Exeunt
import Settlement

/// Places in the status lists.
enum StatusChecks {
    static let all = [once, ended]

    static let once = StoreCheck(
        "no place in the status lists is given twice, and none to who does not want one",
        catches: [
            .init("gives all the same") { store in
                store.onOpen = { base, opening throws(AuthorityError) in
                    var session = try await base.open(opening)
                    if session.statusIndex != nil { session.statusIndex = 3 }
                    return session
                }
            },
            .init("gives one to everybody") { store in
                store.onOpen = { base, opening throws(AuthorityError) in
                    var opening = opening
                    opening.wantsStatusIndex = true
                    return try await base.open(opening)
                }
            },
        ]
    ) { scenario in
        @Sendable func open(_ wants: Bool) async throws -> Session {
            var opening = scenario.opening(try scenario.subject())
            opening.wantsStatusIndex = wants
            return try await scenario.open(opening).session
        }
        try expectEqual(try await open(false).statusIndex, nil, "the place of one that wants none")
        let opened = try await scenario.atOnce(40) { _ in try await open(true) }
        let places = opened.compactMap(\.statusIndex)
        try expectEqual(Set(places).count, 40, "how many places were given")
        for session in opened {
            try expectEqual(try await scenario.store.session(session.id, at: scenario.start), session, "a session")
            try await scenario.end(.session(session.id, owner: nil))
        }
        try await scenario.sweepAll(at: scenario.start + Scenario.day)
        let next = try require(try await open(true).statusIndex, "there is no place")
        try expect(next > places.max() ?? 0, "a place was given twice")
    }

    static let ended = StoreCheck(
        "a status list has every session that has ended, for as long as a token of it may be accepted",
        catches: [
            .init("forgets those that nobody is told of") { store in
                store.onStatuses = { base, range, since throws(AuthorityError) in
                    try await base.receivers().isEmpty ? [] : base.endedStatusIndices(in: range, since: since)
                }
            },
            .init("forgets them as soon as it sweeps") { store in
                store.onStatuses = { base, range, since throws(AuthorityError) in
                    try await base.endedSessions(after: 0, limit: 9).isEmpty
                        ? [] : base.endedStatusIndices(in: range, since: since + .milliseconds(1))
                }
            },
        ]
    ) { scenario in
        let store = scenario.store
        var opened: [Opened] = []
        for _ in 0..<4 {
            var opening = scenario.opening(try scenario.subject(), remember: true)
            opening.wantsStatusIndex = true
            opened.append(try await scenario.open(opening))
        }
        let places = opened.compactMap(\.session.statusIndex)
        try expectEqual(places.count, 4, "how many have a place")
        func listed(from first: Int = 0, since: Timestamp = Scenario.start) async throws -> [UInt64] {
            try await store.endedStatusIndices(in: places[first]..<places[3] + 1, since: since)
        }
        try expectEqual(try await listed(), [], "the list when none has ended")
        try await scenario.end(opened[0])
        // A crowd's rows are left to the sweeper, but a list need not wait for that.
        try await scenario.tested.crowd(opened[2].session.subject, Limits.toldAtOnce)
        try await scenario.end(.subject(opened[2].session.subject, except: nil))
        try expectEqual(try await listed(), [places[0], places[2]], "the list")
        try expectEqual(try await listed(from: 1), [places[2]], "the list from the second place on")
        try await scenario.sweepAll(at: scenario.start + Scenario.hour - .milliseconds(1))
        try expectEqual(try await listed(), [places[0], places[2]], "the list that has been swept")
        let later = scenario.start + .seconds(1)
        try expectEqual(try await listed(since: later), [], "the list of what has ended since")
        try await store.note(tokenReach: Scenario.hour * 2, at: scenario.start)
        try await scenario.sweepAll(at: scenario.start + Scenario.hour + .seconds(1))
        let ended = Set(try await listed())
        try expect(ended.isSuperset(of: [places[0], places[2]]), "a list forgets while tokens may be accepted")
        try await scenario.sweepAll(at: scenario.start + Scenario.hour * 4)
        try expectEqual(try await listed(), [], "the list of what no token is left of")
    }
}
