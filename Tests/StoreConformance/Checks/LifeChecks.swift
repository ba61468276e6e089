import Exeunt
import Settlement

/// A whole working life at random, and whether all that is kept of it agrees.
enum LifeChecks {
    static let all = [agreement]

    static let agreement = StoreCheck(
        "after any life the log says of each token what the store says of its session, and the store finds no fault",
        catches: [
            .init("forgets the records of what a limit displaces") { store in
                store.onLog = { base, after, limit throws(AuthorityError) in
                    let ends = try await base.log(after: after, limit: limit)
                    return ends.filter { $0.reason != .sessionLimit }
                }
            },
            .init("forgets everyone's ending") { store in
                store.onLog = { base, after, limit throws(AuthorityError) in
                    try await base.log(after: after, limit: limit).map { record in
                        var record = record
                        if case .all = record.revocation.target { record.revocation.target = .all(epoch: 0) }
                        return record
                    }
                }
            },
            .init("finds something wrong with itself") { store in
                store.onDiagnose = { base, now throws(AuthorityError) in
                    var diagnosis = try await base.diagnose(at: now)
                    diagnosis.problems.append("a made-up one")
                    return diagnosis
                }
            },
            .init("miscounts the live sessions") { store in
                store.onDiagnose = { base, now throws(AuthorityError) in
                    var diagnosis = try await base.diagnose(at: now)
                    diagnosis.liveSessions += 1
                    return diagnosis
                }
            },
        ]
    ) { scenario in
        for seed: UInt64 in 1...3 {
            var life = Life(scenario, seed: seed)
            try await life.begin()
            for _ in 0..<12 {
                try await life.live(through: 40)
                try await life.expectAgreement()
            }
        }
    }
}
