import Exeunt
import Settlement

/// What verifiers have been promised, across restarts and changes of settings.
enum PromiseChecks {
    static let all = [outlives]

    static let outlives = StoreCheck(
        "a record lasts as long as any token that it can match, also one from before the life of tokens was cut",
        catches: [
            .init("keeps records by the life that is set now") { store in
                store.onReach = { _, _, _ throws(AuthorityError) in }
            },
            .init("forgets the longer life as soon as a shorter one is set") { store in
                store.onReach = { base, reach, now throws(AuthorityError) in
                    // As a column that is simply overwritten: nobody remembers until when earlier tokens reach.
                    try await base.note(tokenReach: .zero, at: Timestamp(milliseconds: 0))
                    try await base.note(tokenReach: reach, at: Timestamp(milliseconds: 0))
                }
            },
        ]
    ) { scenario in
        let (long, short): (Duration, Duration) = (Scenario.day, .seconds(300))
        try await scenario.store.note(tokenReach: long, at: scenario.start)
        let first = try await scenario.open(scenario.subject())
        let second = try await scenario.open(scenario.subject())
        try await scenario.end(first)
        // The operator cuts the life of tokens; those that are out there still reach a day from here.
        let cut = scenario.start + .seconds(60)
        try await scenario.store.note(tokenReach: short, at: cut)
        try await scenario.end(second)
        let untils = try await scenario.log().map(\.revocation.until)
        try expectEqual(untils.count, 2, "the records")
        try expect(untils[0] >= (scenario.start + long).milliseconds, "the first record ends before its tokens")
        try expect(
            untils[1] >= (cut + long).milliseconds, "the second record ends before the tokens from before the cut")
    }
}
