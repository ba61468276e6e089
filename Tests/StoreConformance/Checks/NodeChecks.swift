import Exeunt
import Settlement

/// What the nodes of an authority can rely on about one another.
enum NodeChecks {
    static let all = [says, keepsNewest, finds, removes, noCommitBetween]

    private static func node(
        _ number: UInt64, renewal: UInt64 = 1, lease: Int64 = 3000, settled: UInt64 = 0
    ) -> AuthorityNode {
        AuthorityNode(
            id: Identifier(high: 7, low: number), renewal: renewal, leaseMilliseconds: lease, settledThrough: settled)
    }

    static let says = StoreCheck(
        "what a node says of itself is there for all, in the place of what it said before",
        catches: [
            .init("keeps what was said first") { store in
                store.onRenew = { base, node throws(AuthorityError) in
                    guard try await !base.nodes().contains(where: { $0.id == node.id }) else {
                        return NodeRenewal(
                            head: try await base.head(), others: try await base.nodes().filter { $0.id != node.id })
                    }
                    return try await base.renew(node)
                }
            },
            .init("forgets what has been settled") { store in
                store.onSettled = { _, _, _ throws(AuthorityError) in }
            },
            .init("takes back what has been settled") { store in
                store.onSettled = { base, seq, id throws(AuthorityError) in
                    guard var node = try await base.nodes().first(where: { $0.id == id }) else { return }
                    node.settledThrough = seq
                    _ = try await base.renew(node)
                }
            },
        ]
    ) { scenario in
        try expectEqual(try await scenario.store.nodes(), [], "the nodes before any")
        _ = try await scenario.store.renew(node(1))
        _ = try await scenario.store.renew(node(1, renewal: 2, lease: 60_000, settled: 4))
        try expectEqual(try await scenario.store.nodes(), [node(1, renewal: 2, lease: 60_000, settled: 4)], "the node")
        let id = node(1).id
        for seq: UInt64 in [9, 5] { try await scenario.store.note(settledThrough: seq, of: id) }
        try expectEqual(try await scenario.store.nodes().map(\.settledThrough), [9], "what it has settled")
        try await scenario.store.note(settledThrough: 3, of: node(2).id)
        try expectEqual(try await scenario.store.nodes().count, 1, "nodes, after news of one that is not there")
    }

    static let keepsNewest = StoreCheck(
        "a renewal that comes after a newer one of the node changes nothing",
        catches: [
            .init("takes it") { store in
                store.onRenew = { base, node throws(AuthorityError) in
                    for held in try await base.nodes() where held.id == node.id { try await base.remove(held) }
                    return try await base.renew(node)
                }
            }
        ]
    ) { scenario in
        let newest = node(1, renewal: 2, lease: 60_000)
        _ = try await scenario.store.renew(newest)
        _ = try await scenario.store.renew(node(1, renewal: 1))
        try expectEqual(try await scenario.store.nodes(), [newest], "the node")
    }

    static let finds = StoreCheck(
        "a renewal finds the head and the other nodes",
        catches: [
            .init("finds an older head") { store in
                store.onRenew = { base, node throws(AuthorityError) in
                    var renewal = try await base.renew(node)
                    renewal.head = 0
                    return renewal
                }
            },
            .init("finds itself among the others") { store in
                store.onRenew = { base, node throws(AuthorityError) in
                    let renewal = try await base.renew(node)
                    return NodeRenewal(head: renewal.head, others: try await base.nodes())
                }
            },
        ]
    ) { scenario in
        _ = try await scenario.store.renew(node(1))
        let session = try await scenario.open(scenario.subject())
        try await scenario.end(session)
        let renewal = try await scenario.store.renew(node(2))
        try expectEqual(renewal, NodeRenewal(head: try await scenario.store.head(), others: [node(1)]), "what it finds")
        try expect(renewal.head > 0, "the head has not moved")
    }

    static let removes = StoreCheck(
        "a node is removed when it still has the renewal that was seen, and not when it has renewed since",
        catches: [
            .init("removes it in any case") { store in
                store.onRemove = { base, node throws(AuthorityError) in
                    guard let held = try await base.nodes().first(where: { $0.id == node.id }) else { return }
                    try await base.remove(held)
                }
            },
            .init("removes none") { store in
                store.onRemove = { _, _ throws(AuthorityError) in }
            },
        ]
    ) { scenario in
        let first = node(1)
        _ = try await scenario.store.renew(first)
        _ = try await scenario.store.renew(node(1, renewal: 2))
        try await scenario.store.remove(first)
        try expectEqual(try await scenario.store.nodes().count, 1, "nodes, after the removal of what it said before")
        try await scenario.store.remove(node(1, renewal: 2))
        try expectEqual(try await scenario.store.nodes(), [], "nodes")
        try await scenario.store.remove(first)
    }

    static let noCommitBetween = StoreCheck(
        "whoever commits to the log finds every node whose renewal does not know of it",
        catches: [
            .init("reads the head before it writes") { store in
                store.onRenew = { base, node throws(AuthorityError) in
                    let head = try await base.head()
                    try? await Task.sleep(for: .milliseconds(1))
                    var renewal = try await base.renew(node)
                    renewal.head = head
                    return renewal
                }
            },
            .init("writes after it has read") { store in
                store.onRenew = { base, node throws(AuthorityError) in
                    let renewal = NodeRenewal(
                        head: try await base.head(), others: try await base.nodes().filter { $0.id != node.id })
                    try? await Task.sleep(for: .milliseconds(1))
                    _ = try await base.renew(node)
                    return renewal
                }
            },
        ]
    ) { scenario in
        let store = scenario.store
        for round in 1...UInt64(max(50, scenario.tested.races / 10)) {
            let session = try await scenario.open(scenario.subject())
            async let renewal = store.renew(node(1, renewal: round))
            try await scenario.end(session)
            let head = try await store.head()
            // Now the ending has been answered. Either the node knows of it, or its renewal can be seen.
            let seen = try await store.nodes().first?.renewal
            let known = try await renewal.head
            try expect(known >= head || seen == round, "a lease that lacks what had been committed before it was seen")
        }
    }
}
