import Exeunt
import Settlement

/// How far receivers are, what was given up, and who delivers.
enum DeliveryChecks {
    static let all = [progress, letters, keeper]

    static let progress = StoreCheck(
        "how a receiver gets on is kept, and a place never goes back",
        catches: [
            .init("takes the last report for the newest") { store in
                store.onNote = { base, reports throws(AuthorityError) in
                    var forced: [DeliveryReport] = []
                    for var report in reports {
                        let held = try await base.receiver(report.receiver)?.progress.through ?? 0
                        report.progress.through = max(held, report.progress.through)
                        forced.append(report)
                    }
                    try await base.note(forced)
                }
            },
            .init("forgets what has been verified") { store in
                store.onNote = { base, reports throws(AuthorityError) in
                    try await base.note(
                        reports.map {
                            DeliveryReport(receiver: $0.receiver, progress: $0.progress, givenUp: $0.givenUp)
                        })
                }
            },
        ]
    ) { scenario in
        var receiver = try await scenario.receiver()
        receiver.verification = .init(id: scenario.identifier(), state: "state")
        try await scenario.store.add(receiver, by: scenario.by)
        for _ in 0..<9 { try await scenario.end(try await scenario.open(scenario.subject())) }
        var progress = Receiver.Progress()
        (progress.through, progress.delivered, progress.givenUp, progress.failures) = (5, 4, 1, 2)
        progress.retryAt = scenario.start + .seconds(7)
        progress.lastDeliveredAt = scenario.start + .seconds(1)
        progress.lastFailureAt = scenario.start + .seconds(2)
        progress.lastFailure = "500"
        try await scenario.store.note([
            DeliveryReport(receiver: scenario.identifier(), progress: progress),
            DeliveryReport(receiver: receiver.id, progress: progress, verified: scenario.identifier()),
        ])
        var wanted = receiver
        wanted.progress = progress
        try expectEqual(try await scenario.store.receiver(receiver.id), wanted, "the receiver")
        var late = Receiver.Progress()
        late.through = 4
        try await scenario.store.note([
            DeliveryReport(
                receiver: receiver.id, progress: late,
                givenUp: [try scenario.letter(to: receiver, place: 4, why: "late")],
                verified: receiver.verification?.id)
        ])
        try expectEqual(try await scenario.store.receiver(receiver.id), wanted, "the receiver after a late report")
        let letters = try await scenario.store.deadLetters(of: nil, after: 0, limit: 10)
        try expectEqual(letters, [], "the dead letters of a late report")
        wanted.progress = Receiver.Progress()
        wanted.progress.through = 5
        let verified = receiver.verification?.id
        wanted.verification = nil
        try await scenario.store.note([
            DeliveryReport(receiver: receiver.id, progress: wanted.progress, verified: verified)
        ])
        try expectEqual(try await scenario.store.receiver(receiver.id), wanted, "the receiver that is verified")
    }

    static let letters = StoreCheck(
        "what was given up is kept with its receiver, the newest of it, until it is removed",
        catches: [
            .init("keeps the oldest") { store in
                store.onDeadLetters = { base, receiver, after, limit throws(AuthorityError) in
                    let letters = try await base.deadLetters(of: receiver, after: after, limit: limit)
                    return letters.count < Limits.deadLettersPerReceiver ? letters : letters.dropLast() + [letters[0]]
                }
            },
            .init("gives everybody's to anybody") { store in
                store.onDeadLetters = { base, _, after, limit throws(AuthorityError) in
                    try await base.deadLetters(of: nil, after: after, limit: limit)
                }
            },
        ]
    ) { scenario in
        let store = scenario.store
        let (one, other) = (try await scenario.listen(), try await scenario.listen())
        func report(_ receiver: Receiver, _ letters: [DeadLetter]) async throws {
            try await store.note([
                DeliveryReport(receiver: receiver.id, progress: receiver.progress, givenUp: letters)
            ])
        }
        let lost = try scenario.letter(to: other, place: 3, why: "410")
        try await report(other, [lost])
        let all = Limits.deadLettersPerReceiver
        let many = try (1...all + 5).map { try scenario.letter(to: one, place: UInt64($0), why: "400") }
        try await report(one, many)
        var held = try await store.deadLetters(of: one.id, after: 0, limit: all + 100)
        try expectEqual(held.map(\.ended.number), Array(6...UInt64(all) + 5), "the places of the letters that are kept")
        var same = try require(held.last, "there are none")
        try expect(same.number > 0, "a letter has no number")
        same.number = 0
        try expectEqual(same, many.last, "a letter")
        let page = try await store.deadLetters(of: one.id, after: held[1].number, limit: 2)
        try expectEqual(page, Array(held[2...3]), "a page of them")
        let ofOther = try await store.deadLetters(of: other.id, after: 0, limit: 10)
        try expectEqual(ofOther.map(\.why), ["410"], "the other's")
        let everybodys = try await store.deadLetters(of: nil, after: 0, limit: 2)
        try expectEqual(everybodys.map(\.receiver), [other.id, one.id], "everybody's")
        let removed = try await store.removeDeadLetters([held[0].number, held[1].number, 99_999_999])
        try expectEqual(removed, 2, "how many were removed")
        held.removeFirst(2)
        let left = try await store.deadLetters(of: one.id, after: 0, limit: all)
        try expectEqual(left.map(\.number), held.map(\.number), "those that are left")
        _ = try await store.removeReceiver(one.id, at: scenario.start, by: scenario.by)
        let last = try await store.deadLetters(of: nil, after: 0, limit: all)
        try expectEqual(last.map(\.why), ["410"], "those of whoever is left")
    }

    static let keeper = StoreCheck(
        "one node at a time delivers, until its time is over",
        catches: [
            .init("lets everybody") { store in
                store.onClaim = { base, node, until, now throws(AuthorityError) in
                    _ = try await base.claimOutbox(by: node, until: until, at: now)
                    return true
                }
            },
            .init("lets nobody else ever") { store in
                store.onClaim = { base, node, until, now throws(AuthorityError) in
                    try await base.claimOutbox(by: node, until: until + .seconds(9999), at: now)
                }
            },
        ]
    ) { scenario in
        let nodes = (0..<4).map { _ in scenario.identifier() }
        @Sendable func claim(_ node: Identifier, at second: Int, until end: Int) async throws -> Bool {
            try await scenario.store.claimOutbox(
                by: node, until: scenario.start + .seconds(end), at: scenario.start + .seconds(second))
        }
        let won = try await scenario.atOnce(4) { try await claim(nodes[$0], at: 0, until: 10) ? nodes[$0] : nil }
            .compactMap(\.self)
        try expectEqual(won.count, 1, "how many of four nodes deliver")
        let other = try require(nodes.first { $0 != won[0] }, "there is no other node")
        var answers = [try await claim(won[0], at: 5, until: 20), try await claim(other, at: 19, until: 40)]
        answers += [try await claim(other, at: 20, until: 40), try await claim(won[0], at: 21, until: 50)]
        try expectEqual(answers, [true, false, true, false], "who delivers then")
    }
}
