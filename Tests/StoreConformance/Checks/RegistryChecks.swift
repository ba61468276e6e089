import Exeunt
import Settlement

/// Clients, accounts, signing keys and the audit trail.
enum RegistryChecks {
    static let all = [clients, accounts, keys, keysAtOnce, trail]

    static let clients = StoreCheck(
        "a client is added once, read back as it was, and removed",
        catches: [
            .init("replaces a client of the same id") { store in
                store.onAddClient = { base, client, by throws(AuthorityError) in
                    _ = try await base.removeClient(client.id, at: client.createdAt, by: by)
                    try await base.add(client, by: by)
                }
            }
        ]
    ) { scenario in
        let secret = Client(
            id: "a", name: "Shop 'n' more", secretHash: scenario.hash(), scopes: [.sessions, .feed],
            createdAt: scenario.start)
        let open = Client(
            id: "b", name: "App", secretHash: nil, scopes: [], createdAt: scenario.start + .seconds(1))
        for client in [secret, open] { try await scenario.store.add(client, by: scenario.by) }
        try expectEqual(try await scenario.store.clients(), [secret, open], "the clients")
        try expectEqual(try await scenario.store.client("a"), secret, "a client")
        try expectEqual(try await scenario.store.client("c"), nil, "a client that was not added")
        do {
            var other = secret
            other.name = "Other"
            try await scenario.store.add(other, by: scenario.by)
            throw Broken(promise: "", detail: "an id was given twice")
        } catch AuthorityError.alreadyExists {}
        try expectEqual(try await scenario.store.client("a"), secret, "a client whose id was asked for again")
        for wanted in [true, false] {
            let removed = try await scenario.store.removeClient("a", at: scenario.start, by: scenario.by)
            try expectEqual(removed, wanted, "whether there was a client to remove")
        }
        try expectEqual(try await scenario.store.clients(), [open], "the clients that are left")
        let events = try await scenario.events()
        try expectEqual(events.map(\.kind), [.clientAdded, .clientAdded, .clientRemoved], "the audit trail")
        try expectEqual(events.map(\.clientID), ["a", "b", "a"], "the clients in the audit trail")
    }

    static let accounts = StoreCheck(
        "an account has its address alone, in whatever case it is written",
        catches: [
            .init("takes another case for another address") { store in
                store.onAccount = { base, email throws(AuthorityError) in
                    let account = try await base.account(email: email)
                    return account?.email == email ? account : nil
                }
            }
        ]
    ) { scenario in
        let ada = Account(
            subject: try scenario.subject(), email: "ada@example.test", passwordHash: "hash", disabled: false,
            createdAt: scenario.start)
        try await scenario.store.add(ada)
        for email in ["ada@example.test", "Ada@Example.TEST"] {
            try expectEqual(try await scenario.store.account(email: email), ada, "the account of \(email)")
        }
        try expectEqual(try await scenario.store.account(of: ada.subject), ada, "the account of the subject")
        try expectEqual(try await scenario.store.account(email: "eve@example.test"), nil, "an address of nobody")
        var sameAddress = ada
        sameAddress.subject = try scenario.subject("grace")
        sameAddress.email = "ADA@example.test"
        var sameSubject = ada
        sameSubject.email = "ada@example.org"
        for account in [sameAddress, sameSubject, ada] {
            do {
                try await scenario.store.add(account)
                throw Broken(promise: "", detail: "\(account.email) of \(account.subject) was added beside the first")
            } catch AuthorityError.alreadyExists {}
        }
    }

    private static func key(_ id: String, at: Timestamp) -> StoredSigningKey {
        StoredSigningKey(id: id, algorithm: .edDSA, sealed: [1, 2, 3, 0, 255], createdAt: at, retiresAt: nil)
    }

    static let keys = StoreCheck(
        "a new signing key takes over, and the one before stays until its tokens have expired",
        catches: [
            .init("drops the key before at once") { store in
                store.onRotateKey = { base, key, _, by throws(AuthorityError) in
                    let signing = try await base.signingKeys(at: key.createdAt).last { $0.retiresAt == nil }
                    return try await base.rotate(
                        to: key, replacing: signing?.id, previousRetireAt: key.createdAt, by: by)
                }
            }
        ]
    ) { scenario in
        let store = scenario.store
        try expectEqual(try await store.signingKeys(at: scenario.start), [], "the keys of a new store")
        let first = key("first", at: scenario.start)
        let made = try await store.rotate(to: first, replacing: nil, previousRetireAt: scenario.start, by: scenario.by)
        try expect(made, "the first key is refused")
        let second = key("second", at: scenario.start + .seconds(100))
        let retires = scenario.start + .seconds(1000)
        let moved = try await store.rotate(to: second, replacing: "first", previousRetireAt: retires, by: scenario.by)
        try expect(moved, "the second key is refused")
        var retiring = first
        retiring.retiresAt = retires
        let before = retires - .milliseconds(1)
        try expectEqual(try await store.signingKeys(at: before), [retiring, second], "the keys before it retires")
        try expectEqual(try await store.signingKeys(at: retires), [second], "the keys when it has retired")
        let third = key("third", at: retires)
        _ = try await store.rotate(
            to: third, replacing: "second", previousRetireAt: retires + Scenario.hour, by: scenario.by)
        try expectEqual(
            try await store.signingKeys(at: scenario.start).map(\.id), ["second", "third"], "the keys that are kept")
        try expectEqual(try await scenario.events(.keyRotated).count, 3, "the rotations in the audit trail")
    }

    static let keysAtOnce = StoreCheck(
        "processes that rotate at once make one new key",
        catches: [
            .init("does not ask which key is to be replaced") { store in
                store.onRotateKey = { base, key, retireAt, by throws(AuthorityError) in
                    while true {
                        let signing = try await base.signingKeys(at: key.createdAt).last { $0.retiresAt == nil }
                        let moved = try await base.rotate(
                            to: key, replacing: signing?.id, previousRetireAt: retireAt, by: by)
                        if moved { return true }
                    }
                }
            }
        ]
    ) { scenario in
        let retire = scenario.start + Scenario.hour
        var signing: String?
        for round in ["first", "second"] {
            let replacing = signing
            let moved = try await scenario.atOnce(8) { index in
                try await scenario.store.rotate(
                    to: key("\(round)-\(index)", at: scenario.start), replacing: replacing, previousRetireAt: retire,
                    by: scenario.by)
            }
            try expectEqual(moved.filter { $0 }.count, 1, "the keys that were made at once")
            let keys = try await scenario.store.signingKeys(at: scenario.start).filter { $0.retiresAt == nil }
            try expectEqual(keys.count, 1, "the keys that sign")
            signing = keys.first?.id
            try expect(signing?.hasPrefix(round) == true, "\(signing ?? "no key") signs after the \(round) round")
        }
        let moved = try await scenario.store.rotate(
            to: key("late", at: scenario.start), replacing: "nobody's", previousRetireAt: retire, by: scenario.by)
        try expect(!moved, "a key takes over from one that was to replace another")
    }

    static let trail = StoreCheck(
        "the audit trail is read by subject, kind and time, from either end",
        catches: [
            .init("shows everyone's events to each") { store in
                store.onEvents = { base, filter throws(AuthorityError) in
                    var filter = filter
                    filter.subject = nil
                    return try await base.auditEvents(filter)
                }
            },
            .init("begins at the old end when asked for the newest") { store in
                store.onEvents = { base, filter throws(AuthorityError) in
                    var oldest = filter
                    oldest.newestFirst = false
                    let events = try await base.auditEvents(oldest)
                    return filter.newestFirst ? events.reversed() : events
                }
            },
        ]
    ) { scenario in
        let actors: [Provenance.Actor] = [
            .subject(try scenario.subject()), .client("shop"), .administrator, .authority, .unknown,
        ]
        var wanted: [AuditEvent] = []
        for (index, actor) in actors.enumerated() {
            let event = AuditEvent(
                index % 2 == 0 ? .signInFailed : .signInThrottled, at: scenario.start + .seconds(index),
                subject: index < 3 ? "ada" : nil, session: index == 1 ? scenario.identifier() : nil,
                clientID: index == 2 ? "shop" : nil,
                by: Provenance(actor: actor, address: "192.0.2.\(index)", userAgent: index == 0 ? nil : "check"),
                reason: index == 4 ? "a reason; --" : nil, count: index == 3 ? 12 : nil)
            try await scenario.store.record(event)
            wanted.append(event)
        }
        var seen = try await scenario.events()
        try expectEqual(seen.map(\.number), seen.map(\.number).sorted(), "the order of the numbers")
        try expectEqual(Set(seen.map(\.number)).count, 5, "the numbers")
        for index in wanted.indices { wanted[index].number = seen[index].number }
        try expectEqual(seen, wanted, "the whole trail")

        func expectEvents(_ indexes: [Int], _ what: String, _ narrow: (inout AuditFilter) -> Void) async throws {
            var filter = AuditFilter()
            narrow(&filter)
            seen = try await scenario.store.auditEvents(filter)
            try expectEqual(seen, indexes.map { wanted[$0] }, what)
        }
        try await expectEvents([0, 1, 2], "one subject's events") { $0.subject = "ada" }
        try await expectEvents([1, 3], "the events of a kind") { $0.kinds = [.signInThrottled] }
        try await expectEvents([0, 1, 2, 3, 4], "those of two kinds") { $0.kinds = [.signInThrottled, .signInFailed] }
        try await expectEvents([2, 3, 4], "the events from a moment on") { $0.from = scenario.start + .seconds(2) }
        try await expectEvents([0, 1], "the events before a moment") { $0.to = scenario.start + .seconds(2) }
        try await expectEvents([4, 3], "the newest two") { ($0.newestFirst, $0.limit) = (true, 2) }
        try await expectEvents([0, 1], "the oldest two") { $0.limit = 2 }
        try await expectEvents([3, 4], "the events after one") { $0.after = wanted[2].number }
        try await expectEvents([2], "by all at once") {
            ($0.subject, $0.kinds, $0.from) = ("ada", [.signInFailed], scenario.start + .seconds(1))
        }
    }
}
