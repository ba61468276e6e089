import Exeunt
import Settlement

/// What an ending costs, in rows: time would tell of the machine.
enum CostChecks {
    static let all = [flat]

    static let flat = StoreCheck(
        "ending all of a subject's sessions writes as many rows for one as for a crowd",
        catches: [
            .init("ends them one by one") { store in
                store.onEnd = { base, ending throws(AuthorityError) in
                    guard case .subject(let subject, let except) = ending.target else {
                        return try await base.end(ending)
                    }
                    while true {
                        let page = try await base.sessions(of: subject, after: nil, limit: 100, at: ending.at)
                        let others = page.sessions.filter { $0.id != except }
                        if others.isEmpty { return try await base.end(ending) }
                        for other in others {
                            var one = ending
                            one.target = .session(other.id, owner: nil)
                            _ = try await base.end(one)
                        }
                    }
                }
            }
        ]
    ) { scenario in
        func cost(of count: Int, keepingOne: Bool) async throws -> Int {
            let subject = try scenario.subject()
            let kept = keepingOne ? try await scenario.open(subject) : nil
            try await scenario.tested.crowd(subject, count)
            let before = try await scenario.tested.rowsWritten()
            let ended = try await scenario.end(.subject(subject, except: kept?.id))
            let cost = try await scenario.tested.rowsWritten() - before
            try expectEqual(ended.sessions, count, "the sessions that were ended")
            let left = try await scenario.sessions(of: subject).map(\.id)
            try expectEqual(left, kept.map { [$0.id] } ?? [], "the sessions that are left")
            return cost
        }
        for keepingOne in [false, true] {
            let one = try await cost(of: 1, keepingOne: keepingOne)
            let crowd = try await cost(of: scenario.tested.crowdSize, keepingOne: keepingOne)
            try expectEqual(crowd, one, "the rows written for \(scenario.tested.crowdSize) sessions")
        }
        let before = try await scenario.tested.rowsWritten()
        let subject = try scenario.subject()
        try await scenario.tested.crowd(subject, 10)
        let filled = try await scenario.tested.rowsWritten()
        try expect(filled > before, "the store's own tests do not count rows")
    }
}
