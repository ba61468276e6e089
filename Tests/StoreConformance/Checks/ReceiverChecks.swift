import Exeunt
import Settlement

/// Those who are told, and from when on.
enum ReceiverChecks {
    static let all = [kept, refused, beginning, again, clientGone, changedClient]

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
