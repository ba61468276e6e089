import Exeunt
import Settlement

/// Those who are told, and how far they are.
enum ReceiverChecks {
    static let all = [kept, refused, beginning, again, progress, letters, keeper, clientGone, changedClient]

    static let kept = StoreCheck(
        "a receiver is read back as it was added and changed, and its history is in the trail",
        catches: [
            .init("forgets the change") { store in
                store.onUpdateReceiver = { base, receiver, _, _ throws(AuthorityError) in
                    try await base.receiver(receiver.id) != nil
                }
            },
            .init("lets a change take its progress along") { store in
                store.onUpdateReceiver = { base, receiver, now, by throws(AuthorityError) in
                    let isThere = try await base.update(receiver, at: now, by: by)
                    try await base.note([DeliveryReport(receiver: receiver.id, progress: receiver.progress)])
                    return isThere
                }
            },
        ]
    ) { scenario in
        let store = scenario.store
        var first = try await scenario.receiver()
        first.note = "the shop's"
        first.eventsRequested = ["urn:one", "urn:two"]
        first.verification = .init(id: scenario.identifier(), state: "state")
        var second = try await scenario.receiver(of: "bank")
        second.kind = .eventPoll
        (second.endpoint, second.sealedSecret) = (nil, nil)
        second.hears = .all
        second.status = .paused
        second.statusReason = "they asked"
        second.createdAt = scenario.start + .seconds(1)
        for receiver in [first, second] { try await store.add(receiver, by: scenario.by) }
        try expectEqual(try await store.receivers(), [first, second], "the receivers")
        try expectEqual(try await store.receiver(second.id), second, "a receiver")
        try expectEqual(try await store.receiver(scenario.identifier()), nil, "a receiver that was not added")

        var changed = first
        changed.endpoint = "https://other.example.test"
        changed.sealedSecret = [9]
        changed.eventsRequested = []
        changed.status = .paused
        changed.verification = nil
        var asked = changed
        asked.progress.through = 99
        asked.createdAt = scenario.start + .seconds(9)
        let isThere = try await store.update(asked, at: scenario.start, by: scenario.by)
        try expect(isThere, "the receiver was not there")
        try expectEqual(try await store.receiver(first.id), changed, "the receiver that was changed")
        changed.verification = .init(id: scenario.identifier(), state: nil)
        _ = try await store.update(changed, at: scenario.start, by: scenario.by)
        try expectEqual(try await store.receiver(first.id), changed, "the receiver that is to be verified")
        let isUnknownThere = try await store.update(
            try await scenario.receiver(), at: scenario.start, by: scenario.by)
        try expect(!isUnknownThere, "a receiver that was never added was there")
        for wanted in [true, false] {
            let isGone = try await store.removeReceiver(first.id, at: scenario.start, by: scenario.by)
            try expectEqual(isGone, wanted, "whether there was a receiver to remove")
        }
        try expectEqual(try await store.receivers(), [second], "the receivers that are left")
        let events = try await scenario.events().filter { $0.kind.rawValue.hasPrefix("receiver") }
        try expectEqual(
            events.map(\.kind), [.receiverAdded, .receiverAdded, .receiverChanged, .receiverRemoved], "the trail")
        try expectEqual(events.map(\.clientID), ["shop", "bank", "shop", "shop"], "whose they were")
    }

    static let refused = StoreCheck(
        "a receiver has an id of its own and a client that is there",
        catches: [
            .init("takes any client's") { store in
                store.onAddReceiver = { base, receiver, by throws(AuthorityError) in
                    if try await base.client(receiver.clientID) == nil { return }
                    try await base.add(receiver, by: by)
                }
            },
            .init("takes the id of another") { store in
                store.onAddReceiver = { base, receiver, by throws(AuthorityError) in
                    _ = try await base.removeReceiver(receiver.id, at: receiver.createdAt, by: by)
                    try await base.add(receiver, by: by)
                }
            },
        ]
    ) { scenario in
        let receiver = try await scenario.listen()
        do {
            try await scenario.store.add(receiver, by: scenario.by)
            throw Broken(promise: "", detail: "an id was given twice")
        } catch AuthorityError.alreadyExists {}
        var other = try await scenario.receiver()
        other.clientID = "nobody"
        do {
            try await scenario.store.add(other, by: scenario.by)
            throw Broken(promise: "", detail: "a client that is not there has a receiver")
        } catch AuthorityError.clientNotFound {}
        try expectEqual(try await scenario.store.receivers(), [receiver], "the receivers")
    }

    static let beginning = StoreCheck(
        "a receiver hears of what ends from its registration on",
        catches: [
            .init("begins at the start") { store in
                store.onReceiver = { base, id throws(AuthorityError) in
                    var receiver = try await base.receiver(id)
                    receiver?.progress.through = 0
                    return receiver
                }
            }
        ]
    ) { scenario in
        try await scenario.listen()
        for _ in 0..<3 { try await scenario.end(try await scenario.open(scenario.subject())) }
        var late = try await scenario.receiver()
        late.progress.through = 1
        try await scenario.store.add(late, by: scenario.by)
        let added = try require(try await scenario.store.receiver(late.id), "the receiver is not there")
        try expectEqual(added.progress.through, 3, "where it begins")
        let next = try await scenario.open(scenario.subject())
        try await scenario.end(next)
        let heard = try await scenario.outbox(after: added.progress.through).map(\.session)
        try expectEqual(heard, [next.id], "what it hears of")
    }

    static let again = StoreCheck(
        "a receiver never hears of what ends while it is disabled, and hears of what ends while it is paused",
        catches: [
            .init("goes on where it was disabled") { store in
                store.onReceiver = { base, id throws(AuthorityError) in
                    var receiver = try await base.receiver(id)
                    receiver?.progress.through = 0
                    return receiver
                }
            },
            .init("takes paused for disabled") { store in
                store.onUpdateReceiver = { base, receiver, now, by throws(AuthorityError) in
                    var other = receiver
                    if other.status == .paused { other.status = .disabled }
                    return try await base.update(other, at: now, by: by)
                }
            },
        ]
    ) { scenario in
        let receivers = [try await scenario.listen(), try await scenario.listen()]
        func set(_ statuses: [Receiver.Status]) async throws {
            for (receiver, status) in zip(receivers, statuses) {
                var receiver = receiver
                receiver.status = status
                _ = try await scenario.store.update(receiver, at: scenario.start, by: scenario.by)
            }
        }
        try await set([.disabled, .paused])
        for _ in 0..<3 { try await scenario.end(try await scenario.open(scenario.subject())) }
        try await set([.enabled, .enabled])
        let places = try await [
            scenario.store.receiver(receivers[0].id), scenario.store.receiver(receivers[1].id),
        ].map { $0?.progress.through }
        try expectEqual(places, [3, 0], "where they go on")
    }

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

    static let clientGone = StoreCheck(
        "a client that is removed takes its receivers and their dead letters along",
        catches: [
            .init("leaves them") { store in
                store.onRemoveClient = { base, id, now, by throws(AuthorityError) in
                    let held = try await base.receivers().filter { $0.clientID == id }
                    let isGone = try await base.removeClient(id, at: now, by: by)
                    let client = Client(id: id, name: "", secretHash: nil, scopes: [], createdAt: now)
                    if isGone, !held.isEmpty { try await base.add(client, by: by) }
                    for receiver in held { try await base.add(receiver, by: by) }
                    return isGone
                }
            }
        ]
    ) { scenario in
        let (one, other) = (try await scenario.receiver(), try await scenario.receiver(of: "bank"))
        for receiver in [one, other] {
            try await scenario.store.add(receiver, by: scenario.by)
            let letter = try scenario.letter(to: receiver, place: 1, why: receiver.clientID)
            try await scenario.store.note([
                DeliveryReport(receiver: receiver.id, progress: receiver.progress, givenUp: [letter])
            ])
        }
        _ = try await scenario.store.removeClient("shop", at: scenario.start, by: scenario.by)
        try expectEqual(try await scenario.store.receivers(), [other], "the receivers that are left")
        let letters = try await scenario.store.deadLetters(of: nil, after: 0, limit: 10)
        try expectEqual(letters.map(\.why), ["bank"], "the dead letters that are left")
        try expectEqual(try await scenario.events(.receiverRemoved).count, 1, "removals in the trail")
    }

    static let changedClient = StoreCheck(
        "a client's name, scopes and redirect addresses are changed, and nothing else of it",
        catches: [
            .init("forgets the addresses") { store in
                store.onUpdateClient = { base, client, now, by throws(AuthorityError) in
                    var client = client
                    client.postLogoutRedirectURIs = []
                    return try await base.update(client, at: now, by: by)
                }
            }
        ]
    ) { scenario in
        var client = Client(
            id: "a", name: "Shop", secretHash: scenario.hash(), scopes: [.sessions], createdAt: scenario.start,
            postLogoutRedirectURIs: ["https://shop.example.test/bye"])
        try await scenario.store.add(client, by: scenario.by)
        try expectEqual(try await scenario.store.client("a"), client, "the client")
        client.name = "Store"
        client.scopes = [.streams, .sessions]
        client.postLogoutRedirectURIs = ["https://shop.example.test/bye", "https://shop.example.test/?a=b"]
        var asked = client
        asked.secretHash = scenario.hash()
        asked.createdAt = scenario.start + .seconds(9)
        let isThere = try await scenario.store.update(asked, at: scenario.start, by: scenario.by)
        try expect(isThere, "the client was not there")
        try expectEqual(try await scenario.store.clients(), [client], "the client that was changed")
        asked.id = "b"
        let isOther = try await scenario.store.update(asked, at: scenario.start, by: scenario.by)
        try expect(!isOther, "a client that was never added was there")
        let events = try await scenario.events()
        try expectEqual(events.map(\.kind), [.clientAdded, .clientChanged], "the trail")
    }
}
