import Exeunt
import Settlement

/// The log of revocations, and those who follow it.
enum LogChecks {
    static let all = [noGap, tailing, answered, heads, pages]

    /// Ends many things at once, of every kind, and gives the answers.
    private static func endMany(_ scenario: Scenario, _ count: Int) async throws -> [Ended] {
        var opened: [Opened] = []
        for _ in 0..<count { opened.append(try await scenario.open(scenario.subject())) }
        let sessions = opened
        return try await scenario.atOnce(count) { index in
            let one = sessions[index]
            switch index % 4 {
            case 0: return try await scenario.end(.subject(one.session.subject, except: nil))
            case 1: return try await scenario.end(.token(scenario.identifier(), of: one.id))
            default: return try await scenario.end(one)
            }
        }
    }

    static let noGap = StoreCheck(
        "the log numbers what ends from one, without a gap, however much ends at once",
        catches: [
            .init("leaves a gap, as a sequence does when a transaction rolls back") { store in
                store.onLog = { base, after, limit throws(AuthorityError) in
                    try await base.log(after: after, limit: limit).map { record in
                        var record = record
                        if record.revocation.seq > 20 { record.revocation.seq += 1 }
                        return record
                    }
                }
            },
            .init("gives two of them one number") { store in
                store.onEnd = { base, ending throws(AuthorityError) in
                    var ended = try await base.end(ending)
                    if let seq = ended.seq, seq % 10 == 0 { ended.seq = seq - 1 }
                    return ended
                }
            },
        ]
    ) { scenario in
        let answers = try await endMany(scenario, 100)
        try expectEqual(answers.compactMap(\.seq).sorted(), Array(1...100), "the numbers that were answered")
        let log = try await scenario.log()
        try expectEqual(log.map(\.revocation.seq), Array(1...100), "the numbers in the log")
        try expectEqual(Set(log.map(\.revocation.target)).count, 100, "the things that the log ends")
        try expectEqual(try await scenario.store.head(), 100, "the head")
    }

    static let tailing = StoreCheck(
        "a reader that follows the log sees each record once, in order",
        catches: [
            .init("commits out of order, as a sequence does") { store in
                // Each odd number comes to light only when the log is two further, and the head is what is seen.
                store.onLog = { base, after, limit throws(AuthorityError) in
                    let head = try await base.head()
                    return try await base.log(after: after, limit: limit)
                        .filter { $0.revocation.seq % 2 == 0 || $0.revocation.seq + 2 <= head }
                }
            }
        ]
    ) { scenario in
        let heads = scenario.store.heads()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var seen: UInt64 = 0
                for await head in heads {
                    while seen < head {
                        let records = try await scenario.store.log(after: seen, limit: 7)
                        try expect(!records.isEmpty, "the head is \(head), and nothing comes after \(seen)")
                        for record in records {
                            try expectEqual(record.revocation.seq, seen + 1, "the record after \(seen)")
                            seen = record.revocation.seq
                        }
                    }
                    if seen == 200 { return }
                }
            }
            for _ in 0..<2 { _ = try await endMany(scenario, 100) }
            try await group.waitForAll()
        }
    }

    static let answered = StoreCheck(
        "what an ending answers is in the log by then",
        catches: [
            .init("answers before it has committed") { store in
                store.onEnd = { base, ending throws(AuthorityError) in
                    let head = try await base.head()
                    Task {
                        for _ in 0..<50 { await Task.yield() }
                        _ = try await base.end(ending)
                    }
                    return Ended(sessions: 1, seq: head + 1)
                }
            }
        ]
    ) { scenario in
        for _ in 0..<20 {
            let opened = try await scenario.open(scenario.subject())
            let seq = try require(try await scenario.end(opened).seq, "an ending answers no number")
            let record = try await scenario.store.log(after: seq - 1, limit: 1).first
            try expectEqual(record?.revocation.target, .session(opened.id), "the record of number \(seq)")
            try expect(try await scenario.store.head() >= seq, "the head is behind an answered ending")
        }
    }

    static let heads = StoreCheck(
        "everyone who follows the log hears that its head has moved",
        catches: [
            .init("tells one of them only") { store in
                let told = Remembering<Bool>()
                store.onHeads = { base in
                    defer { told.only = true }
                    return told.only == nil ? base.heads() : AsyncStream { $0.finish() }
                }
            }
        ]
    ) { scenario in
        let followers = (0..<3).map { _ in scenario.store.heads() }
        let opened = try await scenario.open(scenario.subject())
        try await scenario.end(opened)
        let moved = try await scenario.atOnce(followers.count) { index in
            var iterator = followers[index].makeAsyncIterator()
            return await iterator.next()
        }
        try expectEqual(moved, [1, 1, 1], "the heads that the followers heard of")
    }

    static let pages = StoreCheck(
        "the log is read from any place, in pieces of any size",
        catches: [
            .init("reads from the place itself") { store in
                store.onLog = { base, after, limit throws(AuthorityError) in
                    try await base.log(after: after == 0 ? 0 : after - 1, limit: limit)
                }
            },
            .init("gives more than is asked for") { store in
                store.onLog = { base, after, _ throws(AuthorityError) in
                    try await base.log(after: after, limit: Limits.revocationsPerRead)
                }
            },
        ]
    ) { scenario in
        _ = try await endMany(scenario, 40)
        for (after, limit, wanted) in [
            (0, 1, [1]), (0, 3, [1, 2, 3]), (38, 10, [39, 40]), (40, 10, []), (1000, 10, []), (5, 0, []),
        ] as [(UInt64, Int, [UInt64])] {
            let seqs = try await scenario.store.log(after: after, limit: limit).map(\.revocation.seq)
            try expectEqual(seqs, wanted, "\(limit) records after \(after)")
        }
        let last = try await scenario.store.log(after: .max, limit: 10)
        try expectEqual(last, [], "the records after the last number that there is")
    }
}
